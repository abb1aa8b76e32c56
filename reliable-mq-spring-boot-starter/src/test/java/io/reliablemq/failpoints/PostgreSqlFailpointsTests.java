package io.reliablemq.failpoints;

import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;

@DatabaseTest(TestDatabase.POSTGRESQL)
class PostgreSqlFailpointsTests extends FailpointsContract {

    PostgreSqlFailpointsTests(Database database) {
        super(database);
    }
}
