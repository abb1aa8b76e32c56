package io.reliablemq.consumer.container;

import io.reliablemq.consumer.ConsumerSettings;
import io.reliablemq.consumer.ListenerConfigurationException;
import io.reliablemq.consumer.ListenerStatus;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.consumer.spi.MessageProcessor;
import io.reliablemq.consumer.spi.MessageReceiver;
import io.reliablemq.consumer.spi.MessageReceiverFactory;
import io.reliablemq.consumer.spi.ReceivedMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The poll thread: receives while places are free, waits while broker or database are away. */
final class PollLoop implements Runnable, ContainerFaults {

    private static final int MAX_BATCH = 32;
    private static final int FAILURES_BEFORE_REOPENING = 10;
    private static final Duration TICK = Duration.ofMillis(200);

    private final ListenerEndpoint endpoint;
    private final MessageProcessor processor;
    private final MessageReceiverFactory factory;
    private final ConsumerSettings settings;
    private final ListenerState state;
    private final Circumstances circumstances;
    private final OutageBackoff backoff;
    private final Deliveries deliveries;
    private final Workers workers;
    private final BatchRunner runner;
    private volatile boolean running = true;
    private volatile boolean paused;
    private volatile boolean infrastructureFailed;
    private @Nullable MessageReceiver receiver;

    PollLoop(ListenerEndpoint endpoint, ContainerParts parts, ListenerState state, boolean paused) {
        this.endpoint = endpoint;
        this.processor = parts.processor();
        this.factory = parts.factory();
        this.settings = parts.settings();
        this.state = state;
        this.circumstances = parts.circumstances();
        this.paused = paused;
        this.backoff = new OutageBackoff(settings.outage());
        this.deliveries = new Deliveries(endpoint, places(endpoint, circumstances), parts.observer(), processor::rest);
        this.workers = new Workers(endpoint, settings.virtualThreads(), circumstances);
        this.runner = new BatchRunner(endpoint, processor, deliveries, this::accepting, this);
    }

    /**
     * More than is in the workers' hands when the next ones are asked for, and two large batches for quick ones. In a FIFO group
     * a batch holds a queue until it is settled, so a large one is what keeps the workers busy.
     */
    private static Places places(ListenerEndpoint endpoint, Circumstances circumstances) {
        int inHand = endpoint.policy().concurrency() * endpoint.policy().coalesce();
        int least = inHand + Math.max(inHand, 2 * endpoint.policy().concurrency());
        if (endpoint.subscription().ordered()) {
            least = Math.max(MAX_BATCH, least);
        }
        return new Places(least, Math.max(least, inHand + 2 * MAX_BATCH), circumstances::nanoTime);
    }

    @Override
    public void run() {
        try {
            while (running) {
                turn();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits only while there is no place for a message, or something is away. */
    void turn() throws InterruptedException {
        if (infrastructureFailed) {
            probe();
        } else if (paused) {
            state.paused();
            Thread.sleep(TICK.toMillis());
        } else {
            poll();
        }
    }

    private void poll() throws InterruptedException {
        noteAttached();
        int max = deliveries.takePlaces(MAX_BATCH, TICK);
        if (max == 0) {
            return;
        }
        List<ReceivedMessage> messages = List.of();
        try {
            messages = receive(max);
        } finally {
            deliveries.givePlaces(max - messages.size());
        }
        dispatch(messages);
    }

    private List<ReceivedMessage> receive(int max) throws InterruptedException {
        try {
            List<ReceivedMessage> messages = open().receive(max, settings.invisible());
            backoff.reset();
            if (running && !paused && !infrastructureFailed) {
                state.running();
            }
            return messages;
        } catch (ListenerConfigurationException e) {
            misconfigured(e);
            return List.of();
        } catch (RuntimeException e) {
            state.waitingForBroker(e);
            backoff.pause();
            reopenAfterManyFailures();
            return List.of();
        }
    }

    /** A receiver that is open already needs no answer of the broker to be running; one that waits does. */
    private void noteAttached() {
        if (receiver != null && !state.is(ListenerStatus.State.WAITING_FOR_BROKER)) {
            state.running();
        }
    }

    private MessageReceiver open() {
        MessageReceiver open = receiver;
        if (open == null) {
            open = factory.open(endpoint.subscription());
            receiver = open;
            noteAttached();
        }
        return open;
    }

    private void reopenAfterManyFailures() {
        if (backoff.failures() >= FAILURES_BEFORE_REOPENING) {
            closeReceiver();
        }
    }

    private void dispatch(List<ReceivedMessage> messages) {
        MessageReceiver from = receiver;
        if (from == null || messages.isEmpty()) {
            return;
        }
        List<Delivery> batch = new ArrayList<>(messages.size());
        for (ReceivedMessage message : messages) {
            Delivery delivery =
                    new Delivery(from, message, settings.invisible(), Delivery.PATIENCE, circumstances::nanoTime);
            deliveries.hold(delivery);
            batch.add(delivery);
        }
        runner.tasks(batch).forEach(workers::run);
    }

    /** Whatever a probe fails with: it says nothing about the next one. */
    private void probe() throws InterruptedException {
        try {
            processor.verify();
            infrastructureFailed = false;
            backoff.reset();
        } catch (ListenerConfigurationException e) {
            misconfigured(e);
        } catch (RuntimeException e) {
            state.infrastructureFailed(e);
            backoff.pause();
        }
    }

    /** Messages already received are still handled while paused, but not while the database is away or we stop. */
    private boolean accepting() {
        return running && !infrastructureFailed;
    }

    @Override
    public void infrastructureFailed(Throwable cause) {
        if (running) {
            infrastructureFailed = true;
            state.infrastructureFailed(cause);
        }
    }

    @Override
    public void misconfigured(ListenerConfigurationException cause) {
        running = false;
        state.misconfigured(cause);
    }

    /** False from the moment on in which it ends, for whatever reason. */
    boolean isRunning() {
        return running;
    }

    void pause(boolean pause) {
        paused = pause;
        if (pause && state.is(ListenerStatus.State.RUNNING)) {
            state.paused();
        }
    }

    void renewDue() {
        deliveries.renewDue();
    }

    /** From now on nothing is received and what waits is handed back. */
    void stopReceiving() {
        running = false;
        backoff.stop();
    }

    /** After the poll thread ended: lets handlers finish and acknowledgements drain, then closes. */
    void finish(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        if (!workers.shutDown(timeout)) {
            deliveries.abandon();
        }
        Duration left = Duration.ofNanos(
                Math.max(deadline - System.nanoTime(), Duration.ofSeconds(2).toNanos()));
        deliveries.drain(left);
        closeReceiver();
    }

    private void closeReceiver() {
        MessageReceiver open = receiver;
        receiver = null;
        if (open != null) {
            open.close();
        }
    }
}
