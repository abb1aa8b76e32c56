package io.reliablemq.doctor.database;

import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;

@DatabaseTest(TestDatabase.MARIADB)
class MariaDbInspectionTests extends InnoDbInspectionContract {

    MariaDbInspectionTests(Database database) {
        super(database);
    }
}
