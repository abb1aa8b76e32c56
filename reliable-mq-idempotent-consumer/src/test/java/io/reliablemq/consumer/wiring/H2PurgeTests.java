package io.reliablemq.consumer.wiring;

import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;

@DatabaseTest(TestDatabase.H2)
class H2PurgeTests extends PurgeContract {}
