package io.reliablemq.failpoints;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.reliablemq.broker.embedded.EmbeddedBroker;
import io.reliablemq.broker.embedded.EmbeddedBrokerSettings;
import io.reliablemq.broker.embedded.GroupDeclaration;
import io.reliablemq.broker.embedded.TopicDeclaration;
import io.reliablemq.broker.embedded.TopicType;
import io.reliablemq.faults.Failpoint;
import io.reliablemq.faults.Failpoints;
import io.reliablemq.faults.Failpoints.Held;
import io.reliablemq.testdatabases.Database;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Every failpoint is somewhere, on every database, and what is made to happen there happens. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class FailpointsContract {

    private static final Duration LONG = Duration.ofSeconds(60);

    private final Database database;
    private EmbeddedBroker broker;
    private ConfigurableApplicationContext context;
    private Failpoints failpoints;
    private FailpointShop.Sales sales;
    private JdbcClient jdbc;

    FailpointsContract(Database database) {
        this.database = database;
    }

    @BeforeAll
    void start(@TempDir Path folder) {
        broker = EmbeddedBroker.start(EmbeddedBrokerSettings.in(folder)
                .withTopics(TopicDeclaration.normal("sales"), new TopicDeclaration("later", TopicType.DELAY, 1))
                .withGroups(GroupDeclaration.concurrent("sales"), GroupDeclaration.concurrent("later")));
        context = SpringApplication.run(
                FailpointShop.class,
                "--spring.datasource.url=" + database.jdbcUrl(),
                "--spring.datasource.username=" + database.username(),
                "--spring.datasource.password=" + database.password(),
                "--spring.main.web-application-type=none",
                "--spring.main.banner-mode=off",
                "--reliable-mq.rocketmq.endpoints=" + broker.endpoints(),
                "--reliable-mq.rocketmq.await-duration=2500ms",
                "--reliable-mq.outbox.hand-over=2s",
                "--reliable-mq.listener.invisible=10s",
                "--reliable-mq.failpoints.enabled=true");
        failpoints = context.getBean(Failpoints.class);
        sales = context.getBean(FailpointShop.Sales.class);
        jdbc = context.getBean(JdbcClient.class);
    }

    @AfterEach
    void nothingHappensAnyMore() {
        failpoints.clear();
    }

    @AfterAll
    void stop() {
        context.close();
        broker.close();
    }

    @Test
    void everyFailpointIsPassed() {
        sales.sell("one");
        sales.sell(FailpointShop.POISON);
        sales.sellInNowhere();
        sales.sellLater(Duration.ofSeconds(4));
        sales.takeBack(sales.sellLater(Duration.ofHours(1)));

        Set<Failpoint> all = EnumSet.allOf(Failpoint.class);
        await().atMost(LONG).untilAsserted(() -> assertThat(all).allMatch(point -> failpoints.passed(point) > 0));
        awaitEffectsOf("one", 1);
    }

    @Test
    void aCommitThatIsNotMadeSendsNothing() {
        failpoints.fail(Failpoint.BEFORE_OUTBOX_COMMIT, 1);

        assertThatThrownBy(() -> sales.sell("not committed")).isInstanceOf(DataAccessResourceFailureException.class);

        sales.sell("after it");
        awaitEffectsOf("after it", 1);
        assertThat(effectsOf("not committed")).isZero();
    }

    @Test
    void aCommitWhoseAnswerIsLostSends() {
        failpoints.fail(Failpoint.AFTER_OUTBOX_COMMIT, 1);

        assertThatThrownBy(() -> sales.sell("committed")).isInstanceOf(DataAccessResourceFailureException.class);

        awaitEffectsOf("committed", 1);
    }

    @Test
    void aSendWhoseAnswerIsLostIsRepeatedAndHasOneEffect() {
        AtomicInteger sent = new AtomicInteger();
        failpoints.on(Failpoint.AFTER_SEND, passage -> {
            boolean isThis = passage.payload()
                    .filter(text -> text.contains("sent twice"))
                    .isPresent();
            if (isThis && sent.incrementAndGet() == 1) {
                throw new IllegalStateException("the answer is lost");
            }
        });

        sales.sell("sent twice");

        await().atMost(LONG).until(() -> sent.get() == 2);
        awaitEffectsOf("sent twice", 1);
    }

    @Test
    void anEffectThatIsNotCommittedIsAppliedAnew() {
        failpoints.fail(Failpoint.BEFORE_EFFECT_COMMIT, 1);

        sales.sell("applied twice");

        awaitEffectsOf("applied twice", 1);
        assertThat(sales.calls("applied twice")).isEqualTo(2);
    }

    @Test
    void anEffectWhoseCommitIsNotAnsweredIsNotAppliedAnew() {
        failpoints.fail(Failpoint.AFTER_EFFECT_COMMIT, 1);

        sales.sell("applied once");

        awaitEffectsOf("applied once", 1);
        await().atMost(LONG).until(() -> sales.pending() == 0);
        assertThat(sales.calls("applied once")).isEqualTo(1);
    }

    @Test
    void aThreadIsHeldUpUntilItIsLetGo() throws Exception {
        try (Held held = failpoints.hold(Failpoint.AFTER_DEDUP_INSERT)) {
            sales.sell("held up");
            held.awaitReached(LONG);
            assertThat(effectsOf("held up")).isZero();
        }
        awaitEffectsOf("held up", 1);
    }

    private void awaitEffectsOf(String sale, int effects) {
        await().atMost(LONG).untilAsserted(() -> assertThat(effectsOf(sale)).isEqualTo(effects));
    }

    private int effectsOf(String sale) {
        return jdbc.sql("select count(*) from sold where sale = ?")
                .param(sale)
                .query(Integer.class)
                .single();
    }
}
