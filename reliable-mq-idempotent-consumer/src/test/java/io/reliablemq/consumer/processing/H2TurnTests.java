package io.reliablemq.consumer.processing;

import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;

@DatabaseTest(TestDatabase.H2)
class H2TurnTests extends TurnContract {}
