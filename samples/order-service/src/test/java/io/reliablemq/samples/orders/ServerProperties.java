package io.reliablemq.samples.orders;

import io.reliablemq.testdatabases.Database;
import org.springframework.test.context.DynamicPropertyRegistry;

/** What the environment of a deployment says about its database. */
final class ServerProperties {

    private ServerProperties() {}

    static void of(Database database, DynamicPropertyRegistry properties) {
        properties.add("ORDERS_DB_URL", database::jdbcUrl);
        properties.add("ORDERS_DB_USER", database::username);
        properties.add("ORDERS_DB_PASSWORD", database::password);
        // the replica is what the H2 tests have
        properties.add("reliable-mq.broker.embedded.replicas", () -> 1);
    }
}
