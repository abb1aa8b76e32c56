package io.reliablemq.consumer.container;

import io.reliablemq.consumer.ListenerConfigurationException;
import io.reliablemq.consumer.ListenerStatus;
import io.reliablemq.consumer.spi.InboxContentionException;
import io.reliablemq.consumer.spi.InboxUnavailableException;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts and stops the poll loop of one listener; each start makes a new one. */
final class ListenerContainer {

    private static final Logger log = LoggerFactory.getLogger(ListenerContainer.class);

    private final ListenerEndpoint endpoint;
    private final ContainerParts parts;
    private final ListenerState state;
    private volatile @Nullable PollLoop loop;
    private @Nullable Thread thread;
    private boolean paused;
    private boolean removed;

    ListenerContainer(ListenerEndpoint endpoint, ContainerParts parts) {
        this.endpoint = endpoint;
        this.parts = parts;
        this.state = new ListenerState(endpoint);
    }

    ListenerEndpoint endpoint() {
        return endpoint;
    }

    ListenerStatus status() {
        return state.status();
    }

    /**
     * Refuses a transaction manager, a topic or a group that does not fit; a database or broker that is away does not keep the
     * application from starting.
     */
    synchronized void start() {
        if (removed || isRunning()) {
            return;
        }
        stop(); // one that has ended by itself
        PollLoop fresh = new PollLoop(endpoint, parts, state, paused);
        verify(fresh);
        loop = fresh;
        thread = new Thread(fresh, "reliable-mq-" + endpoint.id() + "-poll");
        thread.start();
    }

    private boolean isRunning() {
        PollLoop current = loop;
        Thread poll = thread;
        return current != null && current.isRunning() && poll != null && poll.isAlive();
    }

    private void verify(PollLoop fresh) {
        try {
            verifyTransactions(fresh);
            verifySubscription();
        } catch (ListenerConfigurationException e) {
            state.refused(e);
            throw new ListenerConfigurationException(endpoint + " cannot keep its promise. " + e.getMessage(), e);
        }
    }

    private void verifyTransactions(PollLoop fresh) {
        try {
            parts.processor().verify();
        } catch (InboxUnavailableException | InboxContentionException e) {
            fresh.infrastructureFailed(e);
        }
    }

    private void verifySubscription() {
        try {
            parts.factory().verify(endpoint.subscription());
        } catch (ListenerConfigurationException e) {
            throw e;
        } catch (RuntimeException e) {
            log.debug("{} could not be verified; it is when it is opened", endpoint, e);
        }
    }

    /** Stops, for good. */
    synchronized void remove() {
        removed = true;
        stop();
    }

    synchronized void pause(boolean pause) {
        paused = pause;
        PollLoop current = loop;
        if (current != null) {
            current.pause(pause);
        }
    }

    void renewDue() {
        PollLoop current = loop;
        if (current != null) {
            current.renewDue();
        }
    }

    synchronized void stop() {
        PollLoop current = loop;
        if (current == null) {
            return;
        }
        long deadline = System.nanoTime() + parts.settings().shutdownTimeout().toNanos();
        try {
            current.stopReceiving();
            join(deadline);
            current.finish(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            log.warn(
                    "{} was interrupted while it stopped; what it held comes again after its invisible time", endpoint);
        } finally {
            loop = null;
            state.stopped("stopped by the registry");
        }
    }

    /** Not interrupted at first: a batch that is on its way would stay invisible until its time is over. */
    private void join(long deadline) throws InterruptedException {
        Thread poll = thread;
        if (poll != null) {
            poll.join(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
            poll.interrupt();
            poll.join(1_000);
        }
    }
}
