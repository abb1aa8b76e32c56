package io.reliablemq.consumer.jdbc;

import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;

@DatabaseTest(TestDatabase.MYSQL)
class MySqlInboxStoreTests extends InboxStoreContract {}
