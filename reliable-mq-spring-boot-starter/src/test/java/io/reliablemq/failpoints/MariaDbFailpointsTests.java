package io.reliablemq.failpoints;

import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;

@DatabaseTest(TestDatabase.MARIADB)
class MariaDbFailpointsTests extends FailpointsContract {

    MariaDbFailpointsTests(Database database) {
        super(database);
    }
}
