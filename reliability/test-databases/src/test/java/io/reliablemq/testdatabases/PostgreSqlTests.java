package io.reliablemq.testdatabases;

@DatabaseTest(TestDatabase.POSTGRESQL)
class PostgreSqlTests extends DatabaseContract {

    PostgreSqlTests(Database database) {
        super(database);
    }
}
