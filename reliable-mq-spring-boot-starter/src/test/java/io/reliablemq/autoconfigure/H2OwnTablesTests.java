package io.reliablemq.autoconfigure;

import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;

@DatabaseTest(TestDatabase.H2)
class H2OwnTablesTests extends OwnTablesContract {

    H2OwnTablesTests(Database database) {
        super(database);
    }
}
