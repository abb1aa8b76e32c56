package io.reliablemq.outbox.crash;

import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;

@DatabaseTest(TestDatabase.H2)
class H2LaneChangeCrashTests extends LaneChangeCrashContract {}
