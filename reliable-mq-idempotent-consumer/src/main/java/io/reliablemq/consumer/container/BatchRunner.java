package io.reliablemq.consumer.container;

import io.reliablemq.consumer.ListenerConfigurationException;
import io.reliablemq.consumer.spi.CoalescedOutcome;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.consumer.spi.MessageProcessor;
import io.reliablemq.consumer.spi.ProcessingOutcome;
import io.reliablemq.consumer.spi.StopSignal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs received messages: each by itself or several in one transaction; in an ordered listener those of one key one after another.
 */
final class BatchRunner {

    private static final Logger log = LoggerFactory.getLogger(BatchRunner.class);

    private final ListenerEndpoint endpoint;
    private final MessageProcessor processor;
    private final Deliveries deliveries;
    private final ContainerView container;
    private final StopSignal stop;
    private final Coalescing coalescing;

    BatchRunner(ListenerEndpoint endpoint, MessageProcessor processor, Deliveries deliveries, ContainerView container) {
        this.endpoint = endpoint;
        this.processor = processor;
        this.deliveries = deliveries;
        this.container = container;
        this.stop = container::interrupting;
        this.coalescing = new Coalescing(endpoint);
    }

    /** Gives the workers chains of messages that must follow one another. What none can be given to is handed back. */
    void run(List<Delivery> batch, Executor workers) {
        List<Deque<Delivery>> chains = List.of();
        int given = 0;
        try {
            chains = queued(batch);
            while (given < chains.size()) {
                workers.execute(this::runNext);
                given++;
            }
        } catch (Throwable e) {
            handBack(batch, chains, given);
            throw e;
        }
    }

    private List<Deque<Delivery>> queued(List<Delivery> batch) {
        List<Deque<Delivery>> chains = List.copyOf(chains(batch));
        coalescing.add(chains);
        return chains;
    }

    /** Those behind the ones that were given: nobody would come for them. */
    private void handBack(List<Delivery> batch, List<Deque<Delivery>> chains, int given) {
        if (chains.isEmpty()) {
            handBack(new ArrayDeque<>(batch), Duration.ZERO);
        }
        for (Deque<Delivery> chain : chains.subList(given, chains.size())) {
            if (coalescing.withdraw(chain)) {
                handBack(chain, Duration.ZERO);
            }
        }
    }

    /** And more, while the turn lasts; nothing when another worker has taken what this was for. */
    private void runNext() {
        try (MessageProcessor.Turn turn = processor.turn()) {
            do {
                if (!runSome()) {
                    return;
                }
            } while (turn.goesOn());
        }
    }

    private boolean runSome() {
        List<Deque<Delivery>> chains = coalescing.take();
        try {
            boolean empty = chains.isEmpty();
            boolean together = commitAll(chains);
            if (!chains.isEmpty() && runAll(chains) && together) {
                coalescing.succeeded();
            }
            return !empty;
        } finally {
            coalescing.done();
        }
    }

    /** Leaves what is not to be committed together; false when that failed. */
    private boolean commitAll(List<Deque<Delivery>> chains) {
        while (coalescing.size() > 1 && container.accepting()) {
            List<Delivery> next = chains.stream()
                    .flatMap(Deque::stream)
                    .limit(coalescing.size())
                    .toList();
            if (next.size() < 2) {
                return true;
            }
            if (!commit(next)) {
                return false;
            }
            chains.forEach(chain -> chain.removeAll(next));
        }
        return true;
    }

    private boolean runAll(List<Deque<Delivery>> chains) {
        boolean settled = true;
        try {
            for (Deque<Delivery> chain : chains) {
                settled &= run(chain);
            }
            return settled;
        } finally {
            // there is something left only when an error ends this worker
            chains.forEach(chain -> handBack(chain, Duration.ZERO));
        }
    }

    private boolean commit(List<Delivery> deliveries) {
        CoalescedOutcome outcome = processTogether(deliveries);
        if (outcome instanceof CoalescedOutcome.Committed) {
            deliveries.forEach(this.deliveries::acknowledge);
            coalescing.succeeded();
            return true;
        }
        if (outcome instanceof CoalescedOutcome.RolledBack rolledBack) {
            coalescing.failed(rolledBack.cause());
        } else {
            coalescing.unfit();
        }
        return false;
    }

    private Collection<Deque<Delivery>> chains(List<Delivery> batch) {
        Map<Object, Deque<Delivery>> chains = new LinkedHashMap<>();
        for (Delivery delivery : batch) {
            String key = endpoint.subscription().ordered() ? delivery.message().orderingKey() : null;
            chains.computeIfAbsent(key == null ? delivery : key, any -> new ArrayDeque<>())
                    .add(delivery);
        }
        return chains.values();
    }

    private CoalescedOutcome processTogether(List<Delivery> deliveries) {
        try {
            return processor.processTogether(
                    endpoint, deliveries.stream().map(Delivery::message).toList(), stop);
        } catch (RuntimeException | Error e) {
            // what it was shows again, and is dealt with, when each message is handled by itself
            return new CoalescedOutcome.RolledBack(e);
        } finally {
            stop.dropOtherInterrupts();
        }
    }

    /** A message that was not settled stops its chain: what follows is handed back for the same time. False then. */
    private boolean run(Deque<Delivery> chain) {
        while (!chain.isEmpty()) {
            if (!container.accepting()) {
                handBack(chain, Duration.ZERO);
                return false;
            }
            Delivery delivery = chain.remove();
            ProcessingOutcome outcome = process(delivery);
            if (!(outcome instanceof ProcessingOutcome.Settled)) {
                Duration delay = delay(outcome);
                deliveries.postpone(delivery, delay);
                handBack(chain, delay);
                rethrowFatalError(outcome);
                return false;
            }
            deliveries.acknowledge(delivery);
        }
        return true;
    }

    private void handBack(Deque<Delivery> chain, Duration delay) {
        while (!chain.isEmpty()) {
            deliveries.postpone(chain.remove(), delay);
        }
    }

    private ProcessingOutcome process(Delivery delivery) {
        try {
            return processor.process(endpoint, delivery.message(), stop);
        } catch (ListenerConfigurationException e) {
            container.misconfigured(e);
            return new ProcessingOutcome.Postponed(Duration.ZERO, e);
        } catch (RuntimeException | Error e) {
            log.error("{} of {} could not be processed and comes again: report this", delivery.message(), endpoint, e);
            return new ProcessingOutcome.Postponed(endpoint.policy().retry().maxDelay(), e);
        } finally {
            stop.dropOtherInterrupts();
        }
    }

    private Duration delay(ProcessingOutcome outcome) {
        if (outcome instanceof ProcessingOutcome.InfrastructureFailed failed) {
            container.infrastructureFailed(failed.cause());
            return Duration.ZERO;
        }
        return ((ProcessingOutcome.Postponed) outcome).delay();
    }

    /** An out-of-memory error must reach the thread's handler, after the messages were handed back. */
    private static void rethrowFatalError(ProcessingOutcome outcome) {
        if (outcome instanceof ProcessingOutcome.Postponed postponed
                && postponed.cause() instanceof VirtualMachineError error
                && !(error instanceof StackOverflowError)) {
            throw error;
        }
    }
}
