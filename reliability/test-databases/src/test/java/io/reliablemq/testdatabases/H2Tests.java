package io.reliablemq.testdatabases;

@DatabaseTest(TestDatabase.H2)
class H2Tests extends DatabaseContract {

    H2Tests(Database database) {
        super(database);
    }
}
