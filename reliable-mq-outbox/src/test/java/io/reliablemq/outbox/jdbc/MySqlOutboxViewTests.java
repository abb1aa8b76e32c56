package io.reliablemq.outbox.jdbc;

import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;

@DatabaseTest(TestDatabase.MYSQL)
class MySqlOutboxViewTests extends OutboxViewContract {}
