package io.reliablemq.autoconfigure;

import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;

@DatabaseTest(TestDatabase.POSTGRESQL)
class PostgreSqlReconciliationTests extends ReconciliationContract {

    @Override
    int many() {
        return 100_000;
    }
}
