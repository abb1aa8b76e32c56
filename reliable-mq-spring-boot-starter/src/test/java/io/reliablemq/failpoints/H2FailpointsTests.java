package io.reliablemq.failpoints;

import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;

@DatabaseTest(TestDatabase.H2)
class H2FailpointsTests extends FailpointsContract {

    H2FailpointsTests(Database database) {
        super(database);
    }
}
