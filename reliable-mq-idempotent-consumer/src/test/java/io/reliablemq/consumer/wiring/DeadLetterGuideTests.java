package io.reliablemq.consumer.wiring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.consumer.DeadLetter;
import io.reliablemq.consumer.DeadLetterListener;
import io.reliablemq.consumer.DeadLetterReason;
import io.reliablemq.consumer.DeadLetters;
import io.reliablemq.consumer.DeadLetters.Action;
import io.reliablemq.consumer.DeadLetters.Deed;
import io.reliablemq.consumer.DeadLetters.Discarded;
import io.reliablemq.consumer.DeadLetters.Edit;
import io.reliablemq.consumer.DeadLetters.Letters;
import io.reliablemq.consumer.DeadLetters.Pace;
import io.reliablemq.consumer.DeadLetters.Replayed;
import io.reliablemq.consumer.IdempotentListener;
import io.reliablemq.consumer.Messages;
import io.reliablemq.consumer.ReplayOutcome;
import io.reliablemq.consumer.handler.DeadLetterListeners;
import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Java blocks of docs/dead-letters.md, run as they stand there. */
@DatabaseTest(TestDatabase.H2)
class DeadLetterGuideTests extends ListenerFixture {

    private static final Logger log = LoggerFactory.getLogger(DeadLetterGuideTests.class);

    private final byte[] corrected = "corrected".getBytes(UTF_8);
    private volatile boolean mended;

    final class Inventory {

        @IdempotentListener(topic = "orders", consumerGroup = "inventory", maxAttempts = "1")
        void on(String text) {
            if (!mended) {
                throw new IllegalStateException("cannot handle it");
            }
            jdbc.update("insert into effect values (?)", text);
        }
    }

    @Test
    void showsWhatIsTestedHere() throws IOException {
        String here = squeezed(
                Files.readString(Path.of("src/test/java/io/reliablemq/consumer/wiring/DeadLetterGuideTests.java")));
        List<String> blocks = Pattern.compile("```java\\R(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("../docs/dead-letters.md")))
                .results()
                .map(block -> squeezed(block.group(1)))
                .toList();

        assertThat(blocks).hasSize(7).allSatisfy(block -> assertThat(here).contains(block));
    }

    private static String squeezed(String text) {
        return text.replaceAll("\\s+", "");
    }

    @Test
    void operate() {
        for (String id : new String[] {"a", "b", "c", "d"}) {
            broker.publish(Messages.message(id, id));
        }
        run(new Inventory());
        drained();
        mended = true;
        DeadLetters deadLetters = infrastructure.deadLetters();
        Instant two = Instant.now().minus(Duration.ofHours(1));
        Instant three = Instant.now().plus(Duration.ofHours(1));
        Action action = Action.by("alice", "the handler was mended, see ticket 4711");
        Letters failed = Letters.ofGroup("inventory")
                .topic("orders")
                .reason(DeadLetterReason.EXHAUSTED)
                .written(two, three);
        List<DeadLetter> page = deadLetters.list(failed, null, 100);
        DeadLetter first = page.get(0);
        String why = first.error();
        long all = deadLetters.count(failed);
        assertThat(why).contains("cannot handle it");
        assertThat(all).isEqualTo(4);

        boolean edited = deadLetters.edit(first.id(), Edit.nothing().payload(corrected, "application/json"), action);
        assertThat(edited).isTrue();
        first = page.get(1);
        boolean discarded = deadLetters.discard(first.id(), action);
        Discarded tooOld = deadLetters.discard(failed.reason(DeadLetterReason.TOO_OLD), new Pace(10_000, 50), action);
        assertThat(discarded).isTrue();
        assertThat(tooOld).isEqualTo(new Discarded(0, 0, false));
        first = page.get(0);
        ReplayOutcome outcome = deadLetters.replay(first.id(), action);
        Replayed done = deadLetters.replay(failed, new Pace(10_000, 50), action);
        assertThat(outcome).isInstanceOf(ReplayOutcome.Replayed.class);
        assertThat(effects()).hasSize(3).contains("corrected");
        assertThat(done).isEqualTo(new Replayed(2, 0, 0, false));
        for (Deed deed : deadLetters.audit(null, 100)) {
            log.info("{} {} by {}: {}", deed.performedAt(), deed.operation(), deed.actor(), deed.reason());
        }
        assertThat(deadLetters.audit(null, 100)).hasSize(5);
    }

    /** The application's own. */
    private static final class Pager {

        private final List<String> sent = new ArrayList<>();

        void send(String text) {
            sent.add(text);
        }
    }

    private static final class Alerts {

        private final Pager pager = new Pager();

        @DeadLetterListener(consumerGroup = "inventory")
        void page(DeadLetter letter) {
            pager.send("Look at " + letter.id() + ": " + letter.error());
        }
    }

    @Test
    void tells() {
        Alerts alerts = new Alerts();
        DeadLetterListeners listeners = new DeadLetterListeners();
        listeners.postProcessAfterInitialization(alerts, "alerts");
        broker.publish(Messages.message("a", "a"));
        run(new Inventory());
        drained();

        infrastructure.deadLetters().list(Letters.all(), null, 10).forEach(listeners::handle);

        assertThat(alerts.pager.sent).singleElement().asString().startsWith("Look at ");
    }
}
