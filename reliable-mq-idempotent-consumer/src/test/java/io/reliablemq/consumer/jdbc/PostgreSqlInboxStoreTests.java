package io.reliablemq.consumer.jdbc;

import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;

@DatabaseTest(TestDatabase.POSTGRESQL)
class PostgreSqlInboxStoreTests extends InboxStoreContract {}
