package io.reliablemq.autoconfigure;

import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;

@DatabaseTest(TestDatabase.MARIADB)
class MariaDbReconciliationTests extends ReconciliationContract {}
