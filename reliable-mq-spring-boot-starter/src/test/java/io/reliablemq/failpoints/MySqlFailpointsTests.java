package io.reliablemq.failpoints;

import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;

@DatabaseTest(TestDatabase.MYSQL)
class MySqlFailpointsTests extends FailpointsContract {

    MySqlFailpointsTests(Database database) {
        super(database);
    }
}
