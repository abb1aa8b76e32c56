package io.reliablemq.testdatabases;

@DatabaseTest(TestDatabase.MARIADB)
class MariaDbTests extends DatabaseContract {

    MariaDbTests(Database database) {
        super(database);
    }
}
