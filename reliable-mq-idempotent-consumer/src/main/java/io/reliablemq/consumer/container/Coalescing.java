package io.reliablemq.consumer.container;

import io.reliablemq.consumer.spi.ListenerEndpoint;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What waits for a worker, and how much of it one worker takes to commit it together: what is there, shared with the workers that
 * have nothing to do, so that no message waits for another one to come and no worker is idle; up to a number that falls to one when
 * a transaction fails and doubles with each that does not. <b>Thread</b>: any.
 */
final class Coalescing {

    private static final Logger log = LoggerFactory.getLogger(Coalescing.class);

    private final ListenerEndpoint endpoint;
    private final Deque<Deque<Delivery>> waiting = new ArrayDeque<>();
    private int messages;
    private int busy;
    private int most;
    private int size;

    Coalescing(ListenerEndpoint endpoint) {
        this.endpoint = endpoint;
        this.most = endpoint.policy().coalesce();
        this.size = most;
    }

    /** All at once: a worker would take the first one alone. */
    synchronized void add(List<Deque<Delivery>> chains) {
        waiting.addAll(chains);
        chains.forEach(chain -> messages += chain.size());
    }

    /** False when a worker has it. */
    synchronized boolean withdraw(Deque<Delivery> chain) {
        boolean waited = waiting.remove(chain);
        if (waited) {
            messages -= chain.size();
        }
        return waited;
    }

    /** The next chains, one at least if there is any; to be followed by {@link #done}. */
    synchronized List<Deque<Delivery>> take() {
        int idle = Math.max(1, endpoint.policy().concurrency() - busy);
        busy++;
        int left = Math.min(size, (messages + idle - 1) / idle);
        List<Deque<Delivery>> taken = new ArrayList<>();
        while (!waiting.isEmpty() && (taken.isEmpty() || waiting.element().size() <= left)) {
            Deque<Delivery> chain = waiting.remove();
            left -= chain.size();
            messages -= chain.size();
            taken.add(chain);
        }
        return taken;
    }

    synchronized void done() {
        busy--;
    }

    synchronized int size() {
        return size;
    }

    synchronized void succeeded() {
        size = Math.min(most, 2 * size);
    }

    synchronized void failed(Throwable cause) {
        log.debug("Messages of {} could not be committed together; each is handled by itself", endpoint, cause);
        size = 1;
    }

    synchronized void unfit() {
        if (most > 1) {
            log.warn(
                    "{} begins transactions of its own, so its messages are not coalesced any more: remove coalesce or batch, or let"
                            + " the handler work in the transaction that it is called in",
                    endpoint);
            most = 1;
        }
        size = 1;
    }
}
