package io.reliablemq.consumer.jdbc;

import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;

@DatabaseTest(TestDatabase.H2)
class H2InboxStoreTests extends InboxStoreContract {}
