package io.reliablemq.consumer.processing;

import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;

@DatabaseTest(TestDatabase.POSTGRESQL)
class PostgreSqlTurnTests extends TurnContract {}
