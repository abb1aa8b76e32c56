package io.reliablemq.consumer.processing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reliablemq.consumer.ConsumerSettings;
import io.reliablemq.consumer.DeadLetter;
import io.reliablemq.consumer.DeadLetterReason;
import io.reliablemq.consumer.DeadLetters;
import io.reliablemq.consumer.DeadLetters.Action;
import io.reliablemq.consumer.DeadLetters.Deed;
import io.reliablemq.consumer.DeadLetters.Discarded;
import io.reliablemq.consumer.DeadLetters.Edit;
import io.reliablemq.consumer.DeadLetters.Letters;
import io.reliablemq.consumer.DeadLetters.Operation;
import io.reliablemq.consumer.DeadLetters.Pace;
import io.reliablemq.consumer.DeadLetters.Payload;
import io.reliablemq.consumer.DeadLetters.Replayed;
import io.reliablemq.consumer.FatalListenerException;
import io.reliablemq.consumer.InboxSchema;
import io.reliablemq.consumer.Messages;
import io.reliablemq.consumer.ReplayOutcome;
import io.reliablemq.consumer.RetryPolicy;
import io.reliablemq.consumer.jdbc.JdbcInbox;
import io.reliablemq.consumer.spi.BrokerDeadLetters;
import io.reliablemq.consumer.spi.DeadLetterObserver;
import io.reliablemq.consumer.spi.DeadLetterStore.StoredLetter;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.consumer.spi.ListenerEndpoints;
import io.reliablemq.consumer.spi.ListenerObserver;
import io.reliablemq.consumer.spi.ListenerPolicy;
import io.reliablemq.consumer.spi.ProcessingOutcome;
import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.consumer.spi.Subscription;
import io.reliablemq.testdatabases.Database;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;

/** What operators do to dead letters, and who is told of them, on every database. */
abstract class DeadLetterContract {

    private static final Action ACTION = Action.by("alice", "the handler was mended");
    private static final Pace ALL = new Pace(1_000, 1_000_000);

    private JdbcTemplate jdbc;
    private IdempotentProcessing processing;
    private DeadLetters deadLetters;
    private String group;
    private HandledCall.Handler handler;
    private ListenerEndpoint endpoint;
    private final Told told = new Told();

    private final class Told implements DeadLetterObserver {

        private final List<DeadLetter> letters = new ArrayList<>();
        private final List<Deed> deeds = new ArrayList<>();
        private final List<String> endings = new ArrayList<>();
        private boolean mirrorFails;

        @Override
        public void writing(ListenerEndpoint listener, StoredLetter letter) {
            jdbc.update(
                    "insert into effect values (?)",
                    "mirror of " + letter.entry().key());
            if (mirrorFails) {
                throw new IllegalStateException("no mirror");
            }
        }

        @Override
        public void written(DeadLetter letter) {
            letters.add(letter);
            throw new IllegalStateException("a handler that fails");
        }

        @Override
        public void done(Deed deed) {
            deeds.add(deed);
            throw new IllegalStateException("a listener that fails");
        }

        @Override
        public void ended(Operation operation, Ending ending, long letters) {
            endings.add(operation + " " + ending + " " + letters);
            throw new IllegalStateException("a meter that fails");
        }
    }

    @BeforeEach
    void build(Database database) {
        var dataSource = InboxSchema.migrate(database);
        jdbc = new JdbcTemplate(dataSource);
        jdbc.update("delete from effect");
        jdbc.update("delete from reliable_mq_inbox_audit");
        jdbc.update("delete from reliable_mq_dead_letter");
        JdbcInbox inbox = JdbcInbox.on(dataSource);
        group = "group-" + UUID.randomUUID();
        processing = new IdempotentProcessing(
                inbox,
                inbox.deadLetters(),
                new DataSourceTransactionManager(dataSource),
                ConsumerSettings.defaults(),
                ListenerObserver.NONE,
                IdempotentProcessing.Decoding.DEFAULTS,
                told);
        endpoint = endpoint(false);
        deadLetters = processing.deadLetters(new OneEndpoint(() -> endpoint));
        handler = message -> {
            throw new FatalListenerException("not yet");
        };
    }

    @Test
    void listsPageByPageAndByGroupTopicReasonAndTime() {
        IntStream.rangeClosed(1, 7).forEach(i -> bury("m" + i));
        jdbc.update("update reliable_mq_dead_letter set written_at = 1000 where message_key < ?", (Object)
                "m6".getBytes(UTF_8));
        Letters mine = Letters.ofGroup(group);

        List<String> keys = new ArrayList<>();
        List<DeadLetter> page = deadLetters.list(mine, null, 2);
        while (!page.isEmpty()) {
            assertThat(page.size()).isLessThanOrEqualTo(2);
            page.forEach(letter -> keys.add(letter.key()));
            page = deadLetters.list(mine, page.get(page.size() - 1), 2);
        }

        assertThat(keys).containsExactlyInAnyOrder("m1", "m2", "m3", "m4", "m5", "m6", "m7");
        assertThat(keys.subList(5, 7)).containsExactlyInAnyOrder("m6", "m7");
        assertThat(deadLetters.count(Letters.all())).isEqualTo(7);
        assertThat(deadLetters.count(Letters.ofGroup("another"))).isZero();
        assertThat(deadLetters.count(mine.topic("orders"))).isEqualTo(7);
        assertThat(deadLetters.count(mine.topic("another"))).isZero();
        assertThat(deadLetters.count(mine.reason(DeadLetterReason.FATAL))).isEqualTo(7);
        assertThat(deadLetters.count(mine.reason(DeadLetterReason.CONFLICT))).isZero();
        assertThat(deadLetters.count(mine.written(Instant.ofEpochMilli(1000), Instant.ofEpochMilli(1001))))
                .isEqualTo(5);
        assertThat(deadLetters.count(mine.written(Instant.ofEpochMilli(999), Instant.ofEpochMilli(1000))))
                .isZero();
        assertThat(deadLetters.list(mine, null, 1).get(0).size()).isEqualTo(2);
        assertThatThrownBy(() -> deadLetters.list(mine, null, 1001)).hasMessageContaining("limit is 1001");
    }

    @Test
    void writesWhoReplayedAndWhyTogetherWithTheEffect() {
        String id = bury("m1");
        handler = message -> effect("replayed " + message.id());

        assertThat(deadLetters.replay(id, ACTION.asDryRun())).isInstanceOf(ReplayOutcome.Replayed.class);
        assertThat(effects()).isEmpty();
        assertThat(deadLetters.audit(null, 10)).isEmpty();

        assertThat(deadLetters.replay(id, ACTION)).isInstanceOf(ReplayOutcome.Replayed.class);

        assertThat(effects()).containsExactly("replayed m1");
        assertThat(deadLetters.audit(null, 10)).singleElement().satisfies(deed -> {
            assertThat(deed.operation()).isEqualTo(Operation.REPLAY);
            assertThat(deed.actor()).isEqualTo("alice");
            assertThat(deed.reason()).isEqualTo("the handler was mended");
            assertThat(deed.letterId()).isEqualTo(id);
            assertThat(deed.performedAt())
                    .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(60));
        });
        assertThat(told.deeds).extracting(Deed::letterId).containsExactly(id);
    }

    @Test
    void keepsNothingOfAReplayWhoseTransactionFailsButWhoTriedIt() {
        String id = bury("m1");
        handler = message -> {
            effect("half");
            throw new IllegalStateException("still broken");
        };

        assertThat(deadLetters.replay(id, ACTION)).isInstanceOf(ReplayOutcome.Failed.class);

        assertThat(effects()).isEmpty();
        assertThat(deadLetters.find(id).orElseThrow().attempts()).isEqualTo(2);
        assertThat(deadLetters.audit(null, 10))
                .extracting(Deed::detail)
                .containsExactly("failed: java.lang.IllegalStateException");
    }

    @Test
    void replaysByQueryAtARateAndUpToABoundWithoutTryingAFailureTwice() {
        IntStream.rangeClosed(1, 6).forEach(i -> bury("m" + i));
        List<String> tried = new ArrayList<>();
        handler = message -> {
            tried.add(message.id());
            if (message.id().equals("m3")) {
                throw new IllegalStateException("still broken");
            }
            effect(message.id());
        };
        Letters mine = Letters.ofGroup(group);

        assertThat(deadLetters.replay(mine, new Pace(4, 1), ACTION.asDryRun())).isEqualTo(new Replayed(4, 0, 0, true));
        assertThat(tried).isEmpty();
        long start = System.nanoTime();
        Replayed some = deadLetters.replay(mine, new Pace(4, 20), ACTION);
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        Replayed rest = deadLetters.replay(mine, ALL, ACTION);

        assertThat(took).isGreaterThanOrEqualTo(Duration.ofMillis(150));
        assertThat(some.more()).isTrue();
        assertThat(some.replayed() + some.failed()).isEqualTo(4);
        assertThat(rest.more()).isFalse();
        assertThat(effects()).containsExactlyInAnyOrder("m1", "m2", "m4", "m5", "m6");
        assertThat(tried.stream().filter("m3"::equals).count()).isEqualTo(some.failed() + rest.failed());
        assertThat(deadLetters.list(mine, null, 10)).extracting(DeadLetter::key).containsExactly("m3");
        assertThat(deadLetters.audit(null, 100)).hasSize(tried.size());
    }

    @Test
    void endsAReplayByQueryWhenItsThreadIsInterrupted() {
        IntStream.rangeClosed(1, 3).forEach(i -> bury("m" + i));
        handler = message -> effect(message.id());
        Thread.currentThread().interrupt();

        Replayed none = deadLetters.replay(Letters.ofGroup(group), new Pace(10, 0.001), ACTION);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(none.more()).isTrue();
        assertThat(effects()).isEmpty();
    }

    @Test
    void passesOverWhatHasNoListenerHere() {
        bury("m1");
        DeadLetters elsewhere = processing.deadLetters(new ListenerEndpoints() {
            @Override
            public void register(ListenerEndpoint added) {}

            @Override
            public void remove(String id) {}

            @Override
            public Optional<ListenerEndpoint> ofGroup(String wanted) {
                return Optional.empty();
            }
        });

        assertThat(elsewhere.replay(Letters.ofGroup(group), ALL, ACTION)).isEqualTo(new Replayed(0, 0, 1, false));
    }

    @Test
    void replaysWhatIsOutOfOrderOnlyWhenToldSo() {
        endpoint = endpoint(true);
        processing.process(endpoint, Messages.ordered("m1", "customer-1"));
        String id = letter("m1").id();
        handler = message -> effect(message.id());

        assertThat(deadLetters.replay(id, ACTION)).isEqualTo(new ReplayOutcome.OutOfOrder("customer-1"));
        assertThat(deadLetters.replay(Letters.ofGroup(group), ALL, ACTION)).isEqualTo(new Replayed(0, 0, 1, false));
        assertThat(effects()).isEmpty();
        assertThat(deadLetters.replay(id, ACTION.asOutOfOrder())).isInstanceOf(ReplayOutcome.Replayed.class);
        assertThat(effects()).containsExactly("m1");
    }

    @Test
    @Timeout(60)
    void waitsForNobodyWhoReplaysTheSameLetter() throws Exception {
        String id = bury("m1");
        CountDownLatch handling = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        handler = message -> {
            effect(message.id());
            handling.countDown();
            goOn.await();
        };
        CompletableFuture<ReplayOutcome> other = CompletableFuture.supplyAsync(() -> deadLetters.replay(id, ACTION));
        handling.await();

        assertThat(deadLetters.replay(id, ACTION)).isEqualTo(new ReplayOutcome.NotOpen(id));
        assertThat(deadLetters.discard(id, ACTION)).isFalse();

        goOn.countDown();
        assertThat(other.get()).isInstanceOf(ReplayOutcome.Replayed.class);
        assertThat(effects()).containsExactly("m1");
    }

    @Test
    void editsALetterThatStaysUnderItsKeyAndKeepsWhatItWasBefore() {
        String id = bury("m1");
        byte[] corrected = "corrected".getBytes(UTF_8);
        Edit edit = Edit.nothing().payload(corrected, "text/plain").headers(Map.of("region", "us", "by", "alice"));

        assertThat(deadLetters.edit(id, edit, ACTION.asDryRun())).isTrue();
        assertThat(deadLetters.payload(id).orElseThrow().bytes()).isEqualTo("m1".getBytes(UTF_8));
        assertThat(deadLetters.edit(id, edit, ACTION)).isTrue();

        Payload after = deadLetters.payload(id).orElseThrow();
        assertThat(after.bytes()).isEqualTo(corrected);
        assertThat(after.contentType()).isEqualTo("text/plain");
        assertThat(letter("m1").headers()).containsEntry("by", "alice").hasSize(2);
        assertThat(letter("m1").id()).isEqualTo(id);
        String before =
                jdbc.queryForObject("select id from reliable_mq_dead_letter where state = 'REPLACED'", String.class);
        assertThat(deadLetters.payload(before).orElseThrow().bytes()).isEqualTo("m1".getBytes(UTF_8));
        assertThat(deadLetters.audit(null, 1).get(0).detail()).isEqualTo("payload 2 -> 9 bytes, headers 1 -> 2");
        assertThat(told.deeds).extracting(Deed::operation).containsExactly(Operation.EDIT);
        assertThat(kind(processing.process(endpoint, Messages.message("m1", "m1", 2))))
                .as("the original again")
                .isEqualTo(ProcessingOutcome.Kind.DUPLICATE);

        handler = message -> effect(new String(message.payload(), UTF_8) + message.headers());
        assertThat(deadLetters.replay(id, ACTION)).isInstanceOf(ReplayOutcome.Replayed.class);
        assertThat(effects())
                .singleElement()
                .asString()
                .startsWith("corrected{")
                .contains("by=alice");
        assertThat(deadLetters.edit(id, edit, ACTION)).as("not open any more").isFalse();
        assertThatThrownBy(() -> deadLetters.edit(id, Edit.nothing(), ACTION)).hasMessageContaining("changes nothing");
    }

    @Test
    void discardsWithAnAudit() {
        String id = bury("m1");

        assertThat(deadLetters.discard(id, ACTION.asDryRun())).isTrue();
        assertThat(deadLetters.find(id).orElseThrow().state()).isEqualTo(DeadLetter.State.OPEN);
        assertThat(deadLetters.discard(id, ACTION)).isTrue();

        assertThat(deadLetters.find(id).orElseThrow().state()).isEqualTo(DeadLetter.State.DISCARDED);
        assertThat(told.deeds).extracting(Deed::operation).containsExactly(Operation.DISCARD);
        assertThat(inbox("m1")).isEqualTo("DISCARDED");
        assertThat(jdbc.queryForObject("select settled_at from reliable_mq_dead_letter", Long.class))
                .as("from when on it is kept for the dedup window")
                .isBetween(System.currentTimeMillis() - 60_000, System.currentTimeMillis() + 60_000);
        assertThat(deadLetters.audit(null, 10)).extracting(Deed::operation).containsExactly(Operation.DISCARD);
        assertThat(deadLetters.audit(deadLetters.audit(null, 1).get(0), 10)).isEmpty();
    }

    @Test
    void discardsByQueryAtARateAndUpToABoundWithAnAuditOfEach() {
        IntStream.rangeClosed(1, 5).forEach(i -> bury("m" + i));
        Letters mine = Letters.ofGroup(group);

        assertThat(deadLetters.discard(mine, new Pace(4, 0.001), ACTION.asDryRun()))
                .isEqualTo(new Discarded(4, 0, true));
        assertThat(deadLetters.count(mine)).isEqualTo(5);
        assertThat(deadLetters.audit(null, 10)).isEmpty();
        assertThat(deadLetters.discard(mine.reason(DeadLetterReason.CONFLICT), ALL, ACTION))
                .isEqualTo(new Discarded(0, 0, false));
        long start = System.nanoTime();
        Discarded some = deadLetters.discard(mine, new Pace(4, 20), ACTION);
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        Discarded rest = deadLetters.discard(mine, ALL, ACTION);

        assertThat(took).isGreaterThanOrEqualTo(Duration.ofMillis(150));
        assertThat(some).isEqualTo(new Discarded(4, 0, true));
        assertThat(rest).isEqualTo(new Discarded(1, 0, false));
        assertThat(jdbc.queryForList("select distinct state from reliable_mq_dead_letter", String.class))
                .containsExactly("DISCARDED");
        assertThat(deadLetters.audit(null, 10))
                .hasSize(5)
                .allSatisfy(deed -> assertThat(deed.operation()).isEqualTo(Operation.DISCARD))
                .extracting(Deed::letterId)
                .doesNotHaveDuplicates();
        assertThat(kind(processing.process(endpoint, Messages.message("m1", "m1", 2))))
                .as("the original again")
                .isEqualTo(ProcessingOutcome.Kind.DUPLICATE);
        assertThat(told.endings).containsExactly("DISCARD NOTHING 0", "DISCARD DONE 4", "DISCARD DONE 1");
    }

    @Test
    void endsADiscardByQueryWhenItsThreadIsInterrupted() {
        bury("m1");
        Thread.currentThread().interrupt();

        Discarded none = deadLetters.discard(Letters.ofGroup(group), new Pace(10, 0.001), ACTION);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(none).isEqualTo(new Discarded(0, 0, true));
        assertThat(deadLetters.count(Letters.ofGroup(group))).isEqualTo(1);
    }

    @Test
    void goesThroughMoreLettersThanOnePageHolds() {
        IntStream.rangeClosed(1, 102).forEach(i -> processing.process(endpoint, Messages.message("m" + i, "m")));

        assertThat(deadLetters.discard(Letters.ofGroup(group), ALL, ACTION.asDryRun()))
                .isEqualTo(new Discarded(102, 0, false));
    }

    @Test
    void replaysAMessageAsItCameAndCountsTheAttempt() {
        long due = System.currentTimeMillis();
        ReceivedMessage delayed = new ReceivedMessage(
                "m1",
                "orders",
                "tag",
                List.of("k1"),
                "customer-1",
                "text/csv",
                "a,b".getBytes(UTF_8),
                Map.of("region", "eu"),
                due - 1,
                due,
                7,
                "handle");
        processing.process(endpoint, delayed);
        String id = letter("m1").id();
        List<ReceivedMessage> replayed = new ArrayList<>();
        handler = replayed::add;

        assertThat(deadLetters.replay(id, ACTION)).isInstanceOf(ReplayOutcome.Replayed.class);

        assertThat(replayed).singleElement().satisfies(message -> {
            assertThat(message.contentType()).isEqualTo("text/csv");
            assertThat(message.tag()).isEqualTo("tag");
            assertThat(message.keys()).containsExactly("k1");
            assertThat(message.orderingKey()).isEqualTo("customer-1");
            assertThat(message.headers()).isEqualTo(Map.of("region", "eu"));
            assertThat(message.createdAtMs()).isEqualTo(due - 1);
            assertThat(message.deliverAtMs()).isEqualTo(due);
            assertThat(message.deliveryAttempt())
                    .as("one after the letter's failures")
                    .isEqualTo(2);
        });
    }

    /** Its text is asked for in the replay's transaction, where the letter is locked, and after that, before the failure is noted. */
    private static final class Hook extends RuntimeException {

        private final BooleanSupplier call;
        private boolean succeeded;

        Hook(BooleanSupplier call) {
            this.call = call;
        }

        @Override
        public String toString() {
            succeeded = succeeded || call.getAsBoolean();
            return "hook " + "x".repeat(5_000);
        }
    }

    @Test
    void notesNoFailedReplayInALetterThatWasSettledMeanwhile() {
        String id = bury("m1");
        handler = message -> {
            throw new Hook(() -> deadLetters.discard(id, ACTION));
        };

        assertThat(deadLetters.replay(id, ACTION)).isInstanceOf(ReplayOutcome.Failed.class);

        DeadLetter settled = deadLetters.find(id).orElseThrow();
        assertThat(settled.state()).isEqualTo(DeadLetter.State.DISCARDED);
        assertThat(settled.error()).contains("not yet");
        assertThat(settled.attempts()).isEqualTo(1);
        assertThat(deadLetters.audit(null, 10)).extracting(Deed::operation).containsExactly(Operation.DISCARD);
    }

    @Test
    void notesTheErrorOfAFailedReplayShortenedAndTellsWhoTried() {
        String id = bury("m1");
        handler = message -> {
            throw new Hook(() -> true);
        };

        assertThat(deadLetters.replay(id, ACTION)).isInstanceOf(ReplayOutcome.Failed.class);

        assertThat(deadLetters.find(id).orElseThrow().error())
                .startsWith("hook xxx")
                .hasSize(2_000);
        assertThat(told.deeds).extracting(Deed::detail).containsExactly("failed: " + Hook.class.getName());
    }

    @Test
    void passesOverALetterWhoseDedupRecordSaysThatItIsDone() {
        String done = bury("m1");
        bury("m2");
        jdbc.update("update reliable_mq_dead_letter set written_at = 1000 where id = ?", done);
        jdbc.update(
                "update reliable_mq_inbox set state = 'DONE' where consumer_group = ? and message_key = ?",
                group.getBytes(UTF_8),
                "m1".getBytes(UTF_8));
        handler = message -> effect(message.id());

        assertThat(deadLetters.replay(done, ACTION)).isEqualTo(new ReplayOutcome.NotOpen(done));
        assertThat(deadLetters.discard(done, ACTION)).isFalse();
        assertThat(deadLetters.discard(Letters.ofGroup(group), new Pace(1, 1_000_000), ACTION))
                .as("what is passed over costs no turn")
                .isEqualTo(new Discarded(1, 1, false));
        assertThat(effects()).isEmpty();
        assertThat(inbox("m1")).isEqualTo("DONE");
        assertThat(deadLetters.find(done).orElseThrow().state()).isEqualTo(DeadLetter.State.OPEN);
    }

    @Test
    void forgetsTheFailuresOfABuriedMessageAndKeepsTheIdOfAConflictingOne() {
        processing.process(endpoint, Messages.message("m1", "one"));
        assertThat(jdbc.queryForObject(
                        "select count(*) from reliable_mq_inbox_failure where consumer_group = ?",
                        Integer.class,
                        (Object) group.getBytes(UTF_8)))
                .isZero();
        endpoint = keyed("same");
        handler = message -> effect(message.id());

        processing.process(endpoint, Messages.message("m2", "two"));
        processing.process(endpoint, Messages.message("m3", "three"));

        assertThat(deadLetters.list(Letters.ofGroup(group).reason(DeadLetterReason.CONFLICT), null, 10))
                .singleElement()
                .satisfies(letter -> assertThat(letter.messageId()).isEqualTo("m3"));
    }

    private String inbox(String key) {
        return jdbc.queryForObject(
                "select state from reliable_mq_inbox where consumer_group = ? and message_key = ?",
                String.class,
                group.getBytes(UTF_8),
                key.getBytes(UTF_8));
    }

    @Test
    void tellsHowEachCallOfAnOperatorEndedButNoDryRun() {
        String first = bury("m1");
        String second = bury("m2");
        Edit edit = Edit.nothing().headers(Map.of());
        Letters mine = Letters.ofGroup(group);

        deadLetters.replay(first, ACTION.asDryRun());
        deadLetters.replay(mine, ALL, ACTION.asDryRun());
        deadLetters.edit(first, edit, ACTION.asDryRun());
        deadLetters.discard(first, ACTION.asDryRun());
        deadLetters.discard(mine, ALL, ACTION.asDryRun());
        assertThat(told.endings).isEmpty();
        deadLetters.replay(first, ACTION);
        deadLetters.replay(mine, ALL, ACTION);
        deadLetters.replay("unknown", ACTION);
        deadLetters.edit(first, edit, ACTION);
        deadLetters.edit("unknown", edit, ACTION);
        deadLetters.discard(second, ACTION);
        deadLetters.discard(second, ACTION);
        handler = message -> {};
        deadLetters.replay(mine, ALL, ACTION);

        assertThat(told.endings)
                .containsExactly(
                        "REPLAY FAILED 0",
                        "REPLAY FAILED 0",
                        "REPLAY NOTHING 0",
                        "EDIT DONE 1",
                        "EDIT NOTHING 0",
                        "DISCARD DONE 1",
                        "DISCARD NOTHING 0",
                        "REPLAY DONE 1");
    }

    @Test
    void writesAMirrorIfAndOnlyIfTheLetterIsThereAndTellsItsHandlersAfterwards() {
        told.mirrorFails = true;
        assertThat(processing.process(endpoint, Messages.message("m1", "m1")))
                .isInstanceOf(ProcessingOutcome.Postponed.class);
        assertThat(jdbc.queryForList("select message from effect")).isEmpty();
        assertThat(deadLetters.count(Letters.ofGroup(group))).isZero();
        assertThat(told.letters).isEmpty();

        told.mirrorFails = false;
        processing.process(endpoint, Messages.message("m1", "m1", 2));
        processing.process(endpoint, Messages.message("m1", "m1", 3));

        assertThat(jdbc.queryForList("select message from effect", String.class))
                .containsExactly("mirror of m1");
        assertThat(told.letters)
                .extracting(DeadLetter::id)
                .containsExactly(letter("m1").id());
    }

    @Test
    void writesWhatTheBrokerGaveUpUnlessItIsKnown() {
        ListenerEndpoint drain = new ListenerEndpoint(
                "drain",
                "test",
                new Subscription("%DLQ%" + group, group + "-dead-letters", "*", false, false),
                endpoint.policy(),
                new BrokerDeadLetters(endpoint));
        handler = message -> effect(message.id());
        processing.process(endpoint, Messages.message("handled", "a"));

        assertThat(kind(processing.process(drain, Messages.message("handled", "a", 3))))
                .isEqualTo(ProcessingOutcome.Kind.DUPLICATE);
        assertThat(kind(processing.process(drain, Messages.message("lost", "b", 3))))
                .isEqualTo(ProcessingOutcome.Kind.DEAD_LETTERED);
        assertThat(kind(processing.process(drain, Messages.message("lost", "b", 4))))
                .isEqualTo(ProcessingOutcome.Kind.DUPLICATE);

        assertThat(jdbc.queryForList("select message from effect where message like 'mirror%'", String.class))
                .containsExactly("mirror of lost");
        DeadLetter letter = letter("lost");
        assertThat(letter.reason()).isEqualTo(DeadLetterReason.BROKER_DLQ);
        assertThat(letter.topic()).isEqualTo("orders");
        assertThat(deadLetters.replay(letter.id(), ACTION)).isInstanceOf(ReplayOutcome.Replayed.class);
        assertThat(effects()).containsExactlyInAnyOrder("handled", "lost");
    }

    @Test
    void keepsHeadersAndKeysOfAnySize() {
        String huge = "%".repeat(32_000);
        ReceivedMessage odd = new ReceivedMessage(
                "m1",
                "orders",
                huge,
                List.of(huge),
                huge,
                "text/plain",
                new byte[] {0, (byte) 0xFF},
                Map.of(huge, "\0", "", "'; drop table reliable_mq_inbox; --", "=&\uD800", "#{T(java.lang.Runtime)}"),
                System.currentTimeMillis(),
                0,
                1,
                "handle");

        assertThat(kind(processing.process(endpoint, odd))).isEqualTo(ProcessingOutcome.Kind.DEAD_LETTERED);

        DeadLetter letter = letter("m1");
        assertThat(letter.tag()).isEqualTo(huge);
        assertThat(letter.keys()).containsExactly(huge);
        assertThat(letter.headers()).containsEntry(huge, "\0").containsEntry("", "'; drop table reliable_mq_inbox; --");
    }

    private String bury(String id) {
        processing.process(endpoint, Messages.message(id, id));
        return letter(id).id();
    }

    private DeadLetter letter(String key) {
        return deadLetters.list(Letters.ofGroup(group), null, 100).stream()
                .filter(letter -> letter.key().equals(key))
                .findFirst()
                .orElseThrow();
    }

    private static ProcessingOutcome.Kind kind(ProcessingOutcome outcome) {
        assertThat(outcome).isInstanceOf(ProcessingOutcome.Settled.class);
        return ((ProcessingOutcome.Settled) outcome).kind();
    }

    private void effect(String text) {
        jdbc.update("insert into effect values (?)", text);
    }

    /** Without the mirror's. */
    private List<String> effects() {
        return jdbc.queryForList("select message from effect where message not like 'mirror%'", String.class);
    }

    private ListenerEndpoint endpoint(boolean ordered) {
        return new ListenerEndpoint(
                group,
                "test",
                new Subscription("orders", group, "*", false, ordered),
                new ListenerPolicy(
                        1,
                        1,
                        true,
                        false,
                        Duration.ofDays(7),
                        new RetryPolicy(3, Duration.ofMillis(10), 2, Duration.ofMillis(100)),
                        List.of()),
                message -> new HandledCall(received -> handler.handle(received), message, null));
    }

    /** With one dedup key for all messages. */
    private ListenerEndpoint keyed(String key) {
        ListenerPolicy policy = endpoint.policy();
        return new ListenerEndpoint(
                group,
                "test",
                endpoint.subscription(),
                new ListenerPolicy(1, 1, true, true, policy.dedupWindow(), policy.retry(), List.of()),
                message -> new HandledCall(received -> handler.handle(received), message, key));
    }
}
