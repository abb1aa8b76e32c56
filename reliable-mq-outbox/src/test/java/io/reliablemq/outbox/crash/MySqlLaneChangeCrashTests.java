package io.reliablemq.outbox.crash;

import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

@DatabaseTest(TestDatabase.MYSQL)
@EnabledIfSystemProperty(named = "reliable-mq.crash.databases", matches = "all", disabledReason = "takes a minute")
class MySqlLaneChangeCrashTests extends LaneChangeCrashContract {}
