package io.reliablemq.journey;

import io.reliablemq.broker.embedded.BrokerMode;
import io.reliablemq.broker.embedded.EmbeddedBroker;
import io.reliablemq.broker.embedded.EmbeddedBrokerSettings;
import io.reliablemq.broker.embedded.GroupDeclaration;
import io.reliablemq.broker.embedded.TopicDeclaration;
import io.reliablemq.broker.embedded.TopicType;
import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** How the tests start the shop, here or in a JVM of its own, and what they count afterwards. */
final class Shop {

    static {
        // RocketMQ's client needs several attempts to start on a machine that is busy with other things
        Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
    }

    private Shop() {}

    static EmbeddedBroker broker(Path folder, int replicas) {
        return EmbeddedBroker.start(brokerSettings(folder).withReplicas(replicas));
    }

    static EmbeddedBrokerSettings brokerSettings(Path folder) {
        return EmbeddedBrokerSettings.in(folder)
                .withMode(BrokerMode.valueOf(System.getProperty("reliable-mq.journey.broker-mode", "IN_PROCESS")))
                .withTopics(
                        TopicDeclaration.normal("orders"),
                        TopicDeclaration.normal("visits"),
                        TopicDeclaration.fifo("orders-by-customer"),
                        new TopicDeclaration("reminders", TopicType.DELAY, 4))
                .withGroups(
                        GroupDeclaration.concurrent("inventory"),
                        GroupDeclaration.concurrent("poisoned"),
                        GroupDeclaration.concurrent("statistics"),
                        GroupDeclaration.concurrent("reminding"),
                        GroupDeclaration.fifo("shipping"),
                        GroupDeclaration.fifo("picking"));
    }

    static Map<String, String> properties(Database database, String endpoints) {
        Map<String, String> properties = new TreeMap<>();
        properties.put("spring.datasource.url", database.jdbcUrl());
        properties.put("spring.datasource.username", database.username());
        properties.put("spring.datasource.password", database.password());
        properties.put("spring.sql.init.mode", "always");
        properties.put("spring.sql.init.schema-locations", "classpath:" + tables(database.vendor()));
        properties.put("spring.main.banner-mode", "off");
        properties.put("spring.main.web-application-type", "none");
        properties.put("reliable-mq.rocketmq.endpoints", endpoints);
        // a listener that stops waits for its last receive
        properties.put("reliable-mq.rocketmq.await-duration", "2500ms");
        properties.put("reliable-mq.outbox.relay.lease", "3s");
        properties.put("reliable-mq.listener.invisible", "10s");
        return properties;
    }

    private static String tables(TestDatabase vendor) {
        return switch (vendor) {
            case MYSQL, MARIADB -> "shop-mysql.sql";
            case H2, POSTGRESQL -> "shop.sql";
        };
    }

    static List<String> arguments(Map<String, String> properties) {
        List<String> arguments = new ArrayList<>();
        properties.forEach((name, value) -> arguments.add("--" + name + "=" + value));
        return arguments;
    }

    /** @param additions configuration that the shop does not have by itself */
    static ConfigurableApplicationContext start(Map<String, String> properties, Class<?>... additions) {
        List<Class<?>> sources = new ArrayList<>(List.of(additions));
        sources.add(0, ShopApplication.class);
        return SpringApplication.run(
                sources.toArray(Class[]::new), arguments(properties).toArray(String[]::new));
    }

    static Process launch(Class<?> main, Path log, List<String> jvmOptions, List<String> arguments) throws Exception {
        return launch(main, log, Map.of(), jvmOptions, arguments);
    }

    /** Starts a JVM with this test class path. */
    static Process launch(
            Class<?> main, Path log, Map<String, String> environment, List<String> jvmOptions, List<String> arguments)
            throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-Djava.net.preferIPv4Stack=true"));
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        return builder.start();
    }

    static Health health(ConfigurableApplicationContext shop) {
        return shop.getBean("reliableMqHealthIndicator", HealthIndicator.class).health();
    }

    /** What is in the database, in the terms of the promise. */
    static Tally tally(JdbcClient jdbc) {
        return new Tally(
                count(jdbc, "select count(*) from shop_order"),
                count(jdbc, "select count(*) from reliable_mq_outbox"),
                effects(jdbc, "reservation"),
                effects(jdbc, "shipment"));
    }

    private static Effects effects(JdbcClient jdbc, String table) {
        return new Effects(
                count(jdbc, "select count(*) from " + table),
                count(
                        jdbc,
                        "select count(*) from shop_order o where not exists (select 1 from " + table
                                + " e where e.order_id = o.id)"),
                count(
                        jdbc,
                        "select count(*) from " + table
                                + " e where not exists (select 1 from shop_order o where o.id = e.order_id)"));
    }

    static int count(JdbcClient jdbc, String sql) {
        return jdbc.sql(sql).query(Integer.class).single();
    }

    /** How many lanes each owner has. */
    static List<Integer> lanesByOwner(JdbcClient jdbc) {
        return jdbc.sql("select count(*) from reliable_mq_outbox_lane where owner is not null group by owner")
                .query(Integer.class)
                .list();
    }

    /** The numbers of a customer's orders, as they were shipped. */
    static List<Integer> shippedNumbers(JdbcClient jdbc, String customer) {
        return jdbc.sql("select number from shipment where customer = ? order by id")
                .param(customer)
                .query(Integer.class)
                .list();
    }

    record Effects(int applied, int lost, int phantom) {}

    record Tally(int orders, int pending, Effects reservations, Effects shipments) {

        /** Each order once in each consumer group, nothing else, nothing on its way. */
        boolean exactlyOnce() {
            return pending == 0 && exactlyOnce(reservations) && exactlyOnce(shipments);
        }

        private boolean exactlyOnce(Effects effects) {
            return effects.applied() == orders && effects.lost() == 0 && effects.phantom() == 0;
        }
    }
}
