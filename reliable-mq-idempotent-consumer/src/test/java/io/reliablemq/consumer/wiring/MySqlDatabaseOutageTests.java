package io.reliablemq.consumer.wiring;

import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;

@DatabaseTest(TestDatabase.MYSQL)
class MySqlDatabaseOutageTests extends DatabaseOutageContract {}
