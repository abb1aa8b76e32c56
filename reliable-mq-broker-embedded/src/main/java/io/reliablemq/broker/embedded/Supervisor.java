package io.reliablemq.broker.embedded;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the processes of members, and starts again, later and later, what ends unasked. Says so in the log. */
final class Supervisor {

    private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);

    private final ChildLauncher launcher;
    private final Object turn;
    private final Consumer<MemberProcess> bringUp;
    private final ScheduledExecutorService reviver = Executors.newSingleThreadScheduledExecutor(Supervisor::daemon);
    private volatile boolean began;
    private volatile boolean ended;

    /**
     * @param turn    the monitor of whoever changes something about the members
     * @param bringUp has a new process do what the one before it did; called in turn, on a thread of the supervisor's
     */
    Supervisor(ChildLauncher launcher, Object turn, Consumer<MemberProcess> bringUp) {
        this.launcher = launcher;
        this.turn = turn;
        this.bringUp = bringUp;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // it reports what fails
    void run(MemberProcess member) {
        Child child = member.run(launcher);
        child.ended().thenRun(() -> ended(member, child));
    }

    /** What ends is started again from now on, and what has ended since it was run. */
    void begin(Stream<MemberProcess> members) {
        began = true;
        members.forEach(member -> {
            Child child = member.child();
            if (child != null && !child.isAlive()) {
                ended(member, child);
            }
        });
    }

    /** Starts nothing again from now on. */
    void end() {
        ended = true;
        reviver.shutdownNow();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // it reports what fails
    private void ended(MemberProcess member, Child child) {
        if (!began || ended || !member.isWanted(child)) {
            return;
        }
        Duration pause = member.pauseBeforeStart();
        LOG.error(
                "'{}' of the embedded broker (process {}) has ended by itself and is started again in {} ms: {}",
                member.name(),
                child.pid(),
                pause.toMillis(),
                child.end());
        try {
            reviver.schedule(() -> revive(member, child), pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // ended meanwhile
        }
    }

    private void revive(MemberProcess member, Child dead) {
        synchronized (turn) {
            if (ended || !member.isWanted(dead)) {
                return;
            }
            try {
                run(member);
                bringUp.accept(member);
                LOG.info("'{}' of the embedded broker runs again", member.name());
            } catch (RuntimeException e) {
                LOG.error("'{}' of the embedded broker could not be started again", member.name(), e);
                startAgainLater(member, dead);
            }
        }
    }

    private void startAgainLater(MemberProcess member, Child dead) {
        if (member.isWanted(dead)) {
            // there is no process
            ended(member, dead);
        } else {
            // its end starts it again
            member.killForNextStart();
        }
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "embedded-rocketmq-reviver");
        thread.setDaemon(true);
        return thread;
    }
}
