package io.reliablemq.journey;

import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;

@DatabaseTest(TestDatabase.MARIADB)
class MariaDbShiftedClocksTests extends ShiftedClocksContract {}
