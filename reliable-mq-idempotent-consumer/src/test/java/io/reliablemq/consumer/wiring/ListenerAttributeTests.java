package io.reliablemq.consumer.wiring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.reliablemq.consumer.DeadLetter;
import io.reliablemq.consumer.DeadLetterReason;
import io.reliablemq.consumer.DeadLetters;
import io.reliablemq.consumer.Forgetting;
import io.reliablemq.consumer.IdempotentListener;
import io.reliablemq.consumer.ListenerDefinition;
import io.reliablemq.consumer.ListenerStatus;
import io.reliablemq.consumer.Messages;
import io.reliablemq.consumer.RetryPolicy;
import io.reliablemq.consumer.spi.Subscription;
import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Each attribute of a listener by what it changes, as it is annotated and as it is defined at run time. */
@DatabaseTest(TestDatabase.H2)
class ListenerAttributeTests extends ListenerFixture {

    /** The starter mirrors; changed in its DeadLetterPropertiesTests. */
    private static final String THE_STARTERS = "mirrorTopic";

    private static final Duration DAYS = Duration.ofDays(3);

    private interface Handler {
        void handle(String text) throws Exception;
    }

    /** What every listener here does. */
    private volatile Handler handler = text -> jdbc.update("insert into effect values (?)", text);

    /** One listener after the other, each with a broker and a database of its own. */
    private void eachWay(Object annotated, UnaryOperator<ListenerDefinition.Builder> defined, Runnable check) {
        run(annotated);
        check.run();
        startAgain();
        run("no listener");
        registrar()
                .register(defined.apply(ListenerDefinition.on("orders", "g"))
                        .handledBy(String.class, message -> handler.handle(message.getPayload())));
        check.run();
    }

    private void startAgain() {
        close();
        broker.clear();
        clear();
        infrastructure = infrastructure(Duration.ofSeconds(60));
    }

    private List<DeadLetter> letters() {
        return infrastructure.deadLetters().list(DeadLetters.Letters.ofGroup("g"), null, 10);
    }

    @Test
    void eachAttributeIsChangedHere() throws IOException {
        List<IdempotentListener> here = Arrays.stream(ListenerAttributeTests.class.getDeclaredClasses())
                .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
                .map(method -> method.getAnnotation(IdempotentListener.class))
                .filter(annotation -> annotation != null)
                .toList();
        assertThat(IdempotentListener.class.getDeclaredMethods())
                .filteredOn(attribute -> !attribute.getName().equals(THE_STARTERS))
                .allMatch(attribute -> here.stream().anyMatch(annotation -> changes(annotation, attribute)));

        String source = Files.readString(Path.of("src/test/java")
                .resolve(getClass().getName().replace('.', '/').concat(".java")));
        assertThat(ListenerDefinition.Builder.class.getDeclaredMethods())
                .filteredOn(method -> method.getReturnType() == ListenerDefinition.Builder.class)
                .extracting(Method::getName)
                .isNotEmpty()
                .filteredOn(name -> !name.equals(THE_STARTERS))
                .allMatch(name -> source.contains("." + name + "("));
    }

    private static boolean changes(IdempotentListener annotation, Method attribute) {
        try {
            return !Arrays.deepEquals(
                    new Object[] {attribute.invoke(annotation)}, new Object[] {attribute.getDefaultValue()});
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    class Tagged {
        @IdempotentListener(topic = "returns", consumerGroup = "group", tag = "a || b", id = "name")
        void on(String text) throws Exception {
            handler.handle(text);
        }
    }

    class Selected {
        @IdempotentListener(topic = "returns", consumerGroup = "group", sql = "x > 1")
        void on(String text) {}
    }

    @Test
    void topicGroupAndFilterAreAskedOfTheBrokerAndTheGroupsRecordIsItsOwn() {
        run(new Tagged());
        asksFor("a || b", false);
        publish("m", 1);
        drained();
        assertThat(jdbc.queryForList("select consumer_group from reliable_mq_inbox", byte[].class))
                .containsExactly("group".getBytes(UTF_8));
        startAgain();

        run(new Selected());
        asksFor("x > 1", true);
        startAgain();

        run("no listener");
        registrar()
                .register(
                        ListenerDefinition.on("returns", "group").tag("a || b").handledBy(String.class, text -> {}));
        asksFor("a || b", false);
        registrar().remove("group");
        registrar()
                .register(ListenerDefinition.on("returns", "group").sql("x > 1").handledBy(String.class, text -> {}));
        asksFor("x > 1", true);
    }

    private void asksFor(String filter, boolean sql) {
        Subscription wanted = new Subscription("returns", "group", filter, sql, false);
        await().until(() -> broker.subscriptions.contains(wanted));
    }

    class Named {
        @IdempotentListener(topic = "orders", consumerGroup = "g", id = "name")
        void on(String text) {}
    }

    @Test
    void theRegistryKnowsItByItsId() {
        eachWay(new Named(), definition -> definition.id("name"), () -> {
            await().until(() -> state("name") == ListenerStatus.State.RUNNING);
            infrastructure.containers().stop("name");
            assertThat(state("name")).isEqualTo(ListenerStatus.State.STOPPED);
            assertThatThrownBy(() -> infrastructure.containers().stop("g"))
                    .isInstanceOf(IllegalArgumentException.class);
        });
    }

    class Keyed {
        @IdempotentListener(topic = "orders", consumerGroup = "g", key = "payload.substring(0, 1)")
        void on(String text) throws Exception {
            handler.handle(text);
        }
    }

    @Test
    void messagesOfOneKeyHaveOneEffectWhateverTheirIdsAre() {
        eachWay(new Keyed(), definition -> definition.key("payload.substring(0, 1)"), () -> {
            broker.publish(Messages.message(null, "a"));
            broker.publish(Messages.message(null, "a"));
            broker.publish(Messages.message("m3", "b"));
            drained();
            assertThat(effects()).containsExactlyInAnyOrder("a", "b");
        });
    }

    class Six {
        @IdempotentListener(topic = "orders", consumerGroup = "g", concurrency = "6")
        void on(String text) throws Exception {
            handler.handle(text);
        }
    }

    @Test
    void soManyMessagesAreHandledAtOnceAndNoMore() {
        eachWay(new Six(), definition -> definition.concurrency(6), () -> {
            CountDownLatch inside = new CountDownLatch(6);
            Crowd crowd = new Crowd();
            handler = text -> crowd.pass(() -> {
                inside.countDown();
                inside.await(20, SECONDS);
            });
            publish("m", 18);
            drained();
            assertThat(crowd.most).hasValue(6);
        });
    }

    /** How many are in there at once. */
    private static final class Crowd {

        private final AtomicInteger inside = new AtomicInteger();
        private final AtomicInteger most = new AtomicInteger();

        void pass(Executable work) throws Exception {
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            try {
                work.execute();
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            } finally {
                inside.decrementAndGet();
            }
        }
    }

    class Together {
        @IdempotentListener(topic = "orders", consumerGroup = "g", concurrency = "1", coalesce = "16")
        void on(String text) throws Exception {
            handler.handle(text);
        }
    }

    @Test
    void soManyMessagesShareATransaction() {
        eachWay(new Together(), definition -> definition.concurrency(1).coalesce(16), () -> {
            Set<Object> transactions = Collections.newSetFromMap(new IdentityHashMap<>());
            handler = text -> transactions.add(TransactionSynchronizationManager.getResource(dataSource));
            publish("m", 64);
            drained();
            // four times 16 at best; a receive may find few of them
            assertThat(transactions).hasSizeBetween(4, 32);
        });
    }

    class Lists {
        final List<Integer> sizes = Collections.synchronizedList(new ArrayList<>());

        @IdempotentListener(topic = "orders", consumerGroup = "g", concurrency = "1", batch = "8")
        void on(List<String> texts) {
            sizes.add(texts.size());
        }
    }

    @Test
    void soManyMessagesAreHandledByOneCall() {
        Lists listener = new Lists();
        publish("m", 32);
        run(listener);
        drained();
        assertThat(listener.sizes).contains(8).allMatch(size -> size <= 8);
    }

    class InOrder {
        @IdempotentListener(topic = "orders", consumerGroup = "g", ordered = "true")
        void on(String text) throws Exception {
            handler.handle(text);
        }
    }

    @Test
    void messagesOfOneOrderingKeyComeOneAfterAnother() {
        eachWay(new InOrder(), ListenerDefinition.Builder::ordered, () -> {
            CountDownLatch two = new CountDownLatch(2);
            Crowd crowd = new Crowd();
            handler = text -> crowd.pass(() -> {
                two.countDown();
                // time for another one to come in, which none may
                two.await(text.equals("a0") ? 300 : 0, MILLISECONDS);
                jdbc.update("insert into effect values (?)", text);
            });
            for (int index = 0; index < 8; index++) {
                broker.publish(Messages.ordered("a" + index, "a"));
            }
            drained();
            assertThat(crowd.most).hasValue(1);
            assertThat(effects()).hasSize(8).isSorted();
            assertThat(broker.subscriptions).allMatch(Subscription::ordered);
        });
    }

    class ShortWindow {
        @IdempotentListener(topic = "orders", consumerGroup = "g", dedupWindow = "2d")
        void on(String text) throws Exception {
            handler.handle(text);
        }
    }

    @Test
    void recordsLiveAsLongAsTheDedupWindowAndOlderMessagesAreSetAside() {
        eachWay(new ShortWindow(), definition -> definition.dedupWindow(Duration.ofDays(2)), () -> {
            publish("m", 1);
            drained();
            assertThat(effects()).containsExactly("m0");
            Forgetting.atOnce(jdbc, "g");
            jdbc.update("update reliable_mq_inbox set processed_at = processed_at - ?", DAYS.toMillis());
            await().until(() -> records() == 0);

            broker.publish(Messages.createdAt("m0", System.currentTimeMillis() - DAYS.toMillis()));
            drained();
            assertThat(letters()).extracting(DeadLetter::reason).containsExactly(DeadLetterReason.TOO_OLD);
            assertThat(effects()).containsExactly("m0");
        });
    }

    private int records() {
        Integer records = jdbc.queryForObject("select count(*) from reliable_mq_inbox", Integer.class);
        return records == null ? 0 : records;
    }

    class Waiting {
        @IdempotentListener(topic = "orders", consumerGroup = "g", autoStartup = "false")
        void on(String text) throws Exception {
            handler.handle(text);
        }
    }

    @Test
    void startsWithTheApplicationOrWhenItIsTold() {
        eachWay(new Waiting(), definition -> definition.autoStartup(false), () -> {
            assertThat(broker.subscriptions).isEmpty();
            assertThat(state("g")).isEqualTo(ListenerStatus.State.STOPPED);
            publish("m", 1);
            infrastructure.containers().start("g");
            drained();
            assertThat(effects()).containsExactly("m0");
        });
    }

    class Patient {
        @IdempotentListener(
                topic = "orders",
                consumerGroup = "g",
                maxAttempts = "5",
                initialDelay = "40ms",
                multiplier = "3",
                maxDelay = "200ms")
        void on(String text) throws Exception {
            handler.handle(text);
        }
    }

    @Test
    void comesAgainAfterGrowingDelaysUpToTheLastAttempt() {
        RetryPolicy patient = new RetryPolicy(5, Duration.ofMillis(40), 3, Duration.ofMillis(200));
        eachWay(new Patient(), definition -> definition.retry(patient), () -> {
            handler = text -> {
                throw new IllegalStateException("as a test");
            };
            publish("m", 1);
            drained();
            assertThat(letters())
                    .extracting(DeadLetter::reason, DeadLetter::attempts)
                    .containsExactly(tuple(DeadLetterReason.EXHAUSTED, 5));
            // each is spread by a fifth
            List<Long> delays =
                    broker.postponements.stream().map(Duration::toMillis).toList();
            assertThat(delays).hasSize(4);
            assertThat(delays.get(0)).isBetween(32L, 48L);
            assertThat(delays.get(1)).isBetween(96L, 144L);
            assertThat(delays.subList(2, 4)).allMatch(delay -> delay >= 160 && delay <= 200);
        });
    }

    class Hopeless {
        @IdempotentListener(topic = "orders", consumerGroup = "g", fatal = ArithmeticException.class)
        void on(String text) throws Exception {
            handler.handle(text);
        }
    }

    @Test
    void whatNoRetryCuresIsNotRetried() {
        eachWay(new Hopeless(), definition -> definition.fatal(ArithmeticException.class), () -> {
            handler = text -> {
                throw new ArithmeticException("as a test");
            };
            publish("m", 1);
            drained();
            assertThat(letters())
                    .extracting(DeadLetter::reason, DeadLetter::attempts)
                    .containsExactly(tuple(DeadLetterReason.FATAL, 1));
        });
    }
}
