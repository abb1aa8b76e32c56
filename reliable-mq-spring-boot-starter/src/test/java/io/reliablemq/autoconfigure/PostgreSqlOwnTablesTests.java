package io.reliablemq.autoconfigure;

import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;

@DatabaseTest(TestDatabase.POSTGRESQL)
class PostgreSqlOwnTablesTests extends OwnTablesContract {

    PostgreSqlOwnTablesTests(Database database) {
        super(database);
    }
}
