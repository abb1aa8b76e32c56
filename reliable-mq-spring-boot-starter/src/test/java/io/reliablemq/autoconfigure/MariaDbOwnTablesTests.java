package io.reliablemq.autoconfigure;

import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;

@DatabaseTest(TestDatabase.MARIADB)
class MariaDbOwnTablesTests extends OwnTablesContract {

    MariaDbOwnTablesTests(Database database) {
        super(database);
    }
}
