package io.reliablemq.samples.orders;

import io.reliablemq.test.EmbeddedRocketMq;
import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

@DatabaseTest(TestDatabase.MARIADB)
@ActiveProfiles("mariadb")
@EmbeddedRocketMq(replicas = 2)
class MariaDbProfileTests extends OrderServiceContract {

    @DynamicPropertySource
    static void server(DynamicPropertyRegistry properties) {
        ServerProperties.of(TestDatabase.MARIADB.create(), properties);
    }
}
