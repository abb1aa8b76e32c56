package io.reliablemq.doctor.database;

import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;

@DatabaseTest(TestDatabase.MYSQL)
class MySqlInspectionTests extends InnoDbInspectionContract {

    MySqlInspectionTests(Database database) {
        super(database);
    }
}
