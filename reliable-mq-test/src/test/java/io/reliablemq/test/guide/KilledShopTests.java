package io.reliablemq.test.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.broker.embedded.EmbeddedBroker;
import io.reliablemq.broker.embedded.EmbeddedBrokerSettings;
import io.reliablemq.broker.embedded.GroupDeclaration;
import io.reliablemq.broker.embedded.TopicDeclaration;
import io.reliablemq.faults.Failpoint;
import io.reliablemq.faults.process.ChildJvm;
import io.reliablemq.reliability.checker.Checker;
import io.reliablemq.reliability.checker.Event;
import io.reliablemq.reliability.checker.History;
import io.reliablemq.reliability.checker.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

class KilledShopTests {

    private static final Duration LONG = Duration.ofMinutes(2);

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(names = {"AFTER_SEND", "AFTER_EFFECT_COMMIT"})
    void everyOrderIsShippedOnceAndInOrderAlthoughTheShopDies(Failpoint point) throws Exception {
        EmbeddedBrokerSettings settings = EmbeddedBrokerSettings.in(folder.resolve("broker"))
                .withTopics(TopicDeclaration.fifo("orders"))
                .withGroups(GroupDeclaration.fifo("shipping"));
        try (EmbeddedBroker broker = EmbeddedBroker.start(settings)) {
            runs(
                    shop(broker, "--reliable-mq.failpoints.enabled=true", "--reliable-mq.failpoints.halt-at=" + point),
                    137);
            runs(shop(broker), 0);
        }
        Verdict verdict = new Checker(LONG, Duration.ZERO).check(history());

        assertThat(verdict.violations()).isEmpty();
        assertThat(verdict.effects()).isGreaterThan(10);
    }

    private static void runs(ChildJvm shop, int exitCode) throws Exception {
        shop.start();
        assertThat(shop.awaitEnd(LONG)).as(Files.readString(shop.log())).isTrue();
        assertThat(shop.exitCode()).as(Files.readString(shop.log())).isEqualTo(exitCode);
    }

    private ChildJvm shop(EmbeddedBroker broker, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--spring.datasource.url=" + url(),
                "--spring.main.web-application-type=none",
                "--reliable-mq.broker.embedded.enabled=false",
                "--reliable-mq.rocketmq.endpoints=" + broker.endpoints(),
                "--reliable-mq.listener.invisible=10s"));
        arguments.addAll(List.of(more));
        String name = "shop" + more.length;
        return new ChildJvm(
                name, new ChildJvm.Command(KilledShop.class.getName(), List.of("-Xmx256m"), jvm -> arguments, folder));
    }

    /** From the tables: what was committed, and what it has led to. */
    private History history() {
        JdbcClient jdbc = JdbcClient.create(new DriverManagerDataSource(url()));
        List<Event> events = new ArrayList<>();
        events.add(new Event.Listener("shipping", true));
        events.addAll(jdbc.sql("select * from placed")
                .query((row, i) -> order(row.getLong("at"), row.getString("id"), row.getLong("number")))
                .list());
        events.addAll(jdbc.sql("select * from shipped")
                .query((row, i) -> new Event.Effect(
                        row.getLong("at"),
                        row.getLong("position"),
                        "shipping",
                        order(row.getLong("at"), row.getString("id"), row.getLong("number")),
                        "shop",
                        true))
                .list());
        events.add(new Event.End(System.currentTimeMillis()));
        return History.of(events);
    }

    private static Event.Row order(long at, String id, long number) {
        return new Event.Row(at, id, "shop", number, "");
    }

    /** By default H2 writes a commit to its file half a second later: what is sent by then would be of nobody. */
    private String url() {
        return "jdbc:h2:file:" + folder.resolve("shop") + ";WRITE_DELAY=0";
    }
}
