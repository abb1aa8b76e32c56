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
final class PollLoop implements Runnable, ContainerView {

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
        this.runner = new BatchRunner(endpoint, processor, deliveries, this);
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

    /** Nothing that a turn throws ends it: the listener would be up, receive nothing, and keep what it holds from everybody else. */
    @Override
    public void run() {
        Throwable failure = null;
        while (running) {
            try {
                if (failure == null) {
                    turn();
                } else {
                    recover(failure);
                    failure = null;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (Throwable e) {
                failure = e;
            }
        }
    }

    private void recover(Throwable failure) throws InterruptedException {
        try {
            if (running) {
                state.broken(failure);
            }
        } finally {
            backoff.pause();
        }
        reopenAfterManyFailures();
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
        List<Delivery> batch = new ArrayList<>(MAX_BATCH);
        int max = deliveries.takePlaces(MAX_BATCH, TICK);
        if (max == 0) {
            return;
        }
        boolean received;
        try {
            received = receive(max, batch);
        } catch (Throwable e) {
            batch.forEach(delivery -> deliveries.postpone(delivery, Duration.ZERO));
            throw e;
        } finally {
            deliveries.givePlaces(max - batch.size());
        }
        runner.run(batch, workers::run);
        if (received) {
            backoff.reset();
            noteReceiving();
        }
    }

    /** Into the batch; false when there is nobody to receive from. */
    private boolean receive(int max, List<Delivery> batch) throws InterruptedException {
        MessageReceiver from;
        List<ReceivedMessage> messages;
        try {
            from = open();
            messages = from.receive(max, settings.invisible());
        } catch (ListenerConfigurationException e) {
            misconfigured(e);
            return false;
        } catch (RuntimeException e) {
            state.waitingForBroker(e);
            backoff.pause();
            reopenAfterManyFailures();
            return false;
        }
        messages.forEach(message -> batch.add(held(from, message)));
        return true;
    }

    private Delivery held(MessageReceiver from, ReceivedMessage message) {
        Delivery delivery =
                new Delivery(from, message, settings.invisible(), Delivery.PATIENCE, circumstances::nanoTime);
        deliveries.hold(delivery);
        return delivery;
    }

    private void noteReceiving() {
        if (running && !paused && !infrastructureFailed) {
            state.running();
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
    @Override
    public boolean accepting() {
        return running && !infrastructureFailed;
    }

    @Override
    public boolean interrupting() {
        return workers.areInterrupted();
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
