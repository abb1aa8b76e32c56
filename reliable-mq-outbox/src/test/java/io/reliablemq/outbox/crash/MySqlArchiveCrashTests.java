package io.reliablemq.outbox.crash;

import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;

@DatabaseTest(TestDatabase.MYSQL)
class MySqlArchiveCrashTests extends ArchiveCrashContract {}
