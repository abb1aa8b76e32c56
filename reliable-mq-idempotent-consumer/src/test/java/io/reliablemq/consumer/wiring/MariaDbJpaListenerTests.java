package io.reliablemq.consumer.wiring;

import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;

@DatabaseTest(TestDatabase.MARIADB)
class MariaDbJpaListenerTests extends JpaListenerContract {}
