package io.reliablemq.outbox.crash;

import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;

@DatabaseTest(TestDatabase.POSTGRESQL)
class PostgreSqlArchiveCrashTests extends ArchiveCrashContract {}
