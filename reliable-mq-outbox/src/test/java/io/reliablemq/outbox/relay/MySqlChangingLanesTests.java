package io.reliablemq.outbox.relay;

import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;

@DatabaseTest(TestDatabase.MYSQL)
class MySqlChangingLanesTests extends ChangingLanesContract {}
