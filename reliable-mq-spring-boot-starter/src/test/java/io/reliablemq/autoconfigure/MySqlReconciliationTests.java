package io.reliablemq.autoconfigure;

import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;

@DatabaseTest(TestDatabase.MYSQL)
class MySqlReconciliationTests extends ReconciliationContract {}
