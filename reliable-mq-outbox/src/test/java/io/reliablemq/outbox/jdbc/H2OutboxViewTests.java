package io.reliablemq.outbox.jdbc;

import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;

@DatabaseTest(TestDatabase.H2)
class H2OutboxViewTests extends OutboxViewContract {}
