package io.reliablemq.autoconfigure;

import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;

@DatabaseTest(TestDatabase.MYSQL)
class MySqlOwnTablesTests extends OwnTablesContract {

    MySqlOwnTablesTests(Database database) {
        super(database);
    }
}
