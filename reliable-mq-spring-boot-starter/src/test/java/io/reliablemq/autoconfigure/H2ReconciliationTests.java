package io.reliablemq.autoconfigure;

import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;

@DatabaseTest(TestDatabase.H2)
class H2ReconciliationTests extends ReconciliationContract {

    @Override
    int many() {
        return 100_000;
    }
}
