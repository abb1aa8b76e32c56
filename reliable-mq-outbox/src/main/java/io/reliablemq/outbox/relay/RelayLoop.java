package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.spi.Backoff;
import io.reliablemq.outbox.spi.LaneClaim;
import io.reliablemq.outbox.spi.RelaySettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that decides: it takes posts, reads the table, sends, and waits for the next of these. It never blocks but for
 * parking and for reading what was committed late.
 */
final class RelayLoop {

    private static final Logger log = LoggerFactory.getLogger(RelayLoop.class);
    private static final Backoff READ_BACKOFF = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(10));
    private static final long LONGEST_WAIT = 200_000_000L;

    private final RelaySettings settings;
    private final HeldMessages held;
    private final Intake intake;
    private final TableReader reader;
    private final Lookout lookout;
    private final Dispatcher dispatcher;
    private final Mailbox mailbox;
    private final BooleanSupplier fenced;
    private final Circumstances circumstances;
    private final Thread thread = new Thread(this::run, "reliable-mq-relay");
    private volatile long lastTick;
    private volatile boolean stopping;
    private int readFailures;
    private long nextRead;

    RelayLoop(
            RelaySettings settings,
            HeldMessages held,
            Intake intake,
            TableReader reader,
            Lookout lookout,
            Dispatcher dispatcher,
            Mailbox mailbox,
            BooleanSupplier fenced,
            Circumstances circumstances) {
        this.settings = settings;
        this.held = held;
        this.intake = intake;
        this.reader = reader;
        this.lookout = lookout;
        this.dispatcher = dispatcher;
        this.mailbox = mailbox;
        this.fenced = fenced;
        this.circumstances = circumstances;
        this.lastTick = circumstances.nanoTime();
        thread.setDaemon(true);
    }

    void start() {
        lastTick = circumstances.nanoTime();
        thread.start();
    }

    /** No new sends from now on. */
    void letGo() {
        stopping = true;
        mailbox.post(() -> {});
    }

    /** No new sends; returns when the answers of those in flight have come, or after the deadline. */
    void stop(Duration atMost) throws InterruptedException {
        letGo();
        thread.join(Math.max(1, atMost.toMillis()));
    }

    /** For how many nanoseconds nothing has turned: neither this loop nor the look at the table that it waits for. */
    long standstill() {
        return Math.max(circumstances.nanoTime() - lastTick, lookout.silence());
    }

    private void run() {
        while (!isDone()) {
            try {
                mailbox.await(turn());
            } catch (RuntimeException | Error e) {
                log.error("The relay loop failed and goes on; nothing is lost, the rows are in the outbox", e);
                mailbox.await(LONGEST_WAIT);
            }
        }
        takePosts();
    }

    /** What was let go of is answered: one last time {@link #takePosts}. */
    boolean isDone() {
        return stopping && held.inFlight() == 0;
    }

    void takePosts() {
        mailbox.drain();
        dispatcher.parkRefused();
        dispatcher.missAnswers();
    }

    /** @return how long to wait for a post until the next one, in nanoseconds */
    long turn() {
        lastTick = circumstances.nanoTime();
        takePosts();
        if (!stopping && !fenced.getAsBoolean()) {
            readIfDue(circumstances.nanoTime());
            dispatcher.dispatch(fenced);
        }
        finishDraining();
        return waitTime(circumstances.nanoTime());
    }

    private long waitTime(long now) {
        if (stopping || fenced.getAsBoolean()) {
            return LONGEST_WAIT;
        }
        long read = readFailures > 0 ? nextRead - now : reader.nextDue(now);
        return Math.min(LONGEST_WAIT, Math.min(read, dispatcher.nextDue(now)));
    }

    private void readIfDue(long now) {
        if (readFailures > 0 && now - nextRead < 0) {
            return;
        }
        try {
            if (reader.read(now)) {
                readFailures = 0;
            }
        } catch (RuntimeException e) {
            readFailures++;
            nextRead = now + circumstances.pause(READ_BACKOFF, readFailures);
            log.warn("Could not read the outbox (attempt {}); trying again: {}", readFailures, e.toString());
        }
    }

    /** The lanes that this process owns from now on. Only on the loop's thread. */
    void own(Map<Integer, LaneClaim> claims) {
        List.copyOf(intake.lanes().values()).stream()
                .filter(lane -> !lane.claim.equals(claims.get(lane.number())))
                .forEach(intake::giveUp);
        long now = circumstances.nanoTime();
        claims.forEach((number, claim) ->
                intake.lanes().computeIfAbsent(number, n -> new Lane(claim, settings.trailing(), now)));
    }

    /** Prepares a lane for another owner; told when nothing of it is held any more. Only on the loop's thread. */
    void drain(int number, Runnable drained) {
        Lane lane = intake.lanes().get(number);
        if (lane == null) {
            drained.run();
        } else {
            lane.draining = true;
            lane.drained = drained;
        }
    }

    private void finishDraining() {
        for (Lane lane : intake.lanes().values()) {
            if (lane.draining) {
                held.dropWaiting(m -> m.lane() == lane.number());
                if (!held.any(m -> m.lane() == lane.number())) {
                    lane.drained.run();
                }
            }
        }
    }
}
