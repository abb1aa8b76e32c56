package io.reliablemq.outbox.relay;

import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;

@DatabaseTest(TestDatabase.H2)
class H2ChangingLanesTests extends ChangingLanesContract {}
