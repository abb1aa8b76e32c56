package io.reliablemq.testdatabases;

@DatabaseTest(TestDatabase.MYSQL)
class MySqlTests extends DatabaseContract {

    MySqlTests(Database database) {
        super(database);
    }
}
