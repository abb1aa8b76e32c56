package io.reliablemq.outbox.spi;

import java.util.List;
import java.util.UUID;

/**
 * What operators look at. Changes nothing.
 *
 * <p><b>Transaction</b>: SELECTs without locks, each for itself. <b>Thread</b>: any.
 *
 * <p><b>Errors</b>: Spring's {@code DataAccessException}.
 */
public interface OutboxView {

    /** Which process has which lanes, and which lanes nobody has. */
    Ownership ownership();

    /** What waits, is delayed, or is parked, by topic in the order of their names. Reads as much as there is. */
    List<TopicBacklog> backlog();

    /**
     * The same of at most that many waiting, delayed and parked messages each, whichever the database finds first.
     *
     * @param most at least 1
     */
    SomeBacklog backlog(int most);

    /** @param whole false when there may be more: then the figures are the least that there is */
    record SomeBacklog(List<TopicBacklog> topics, boolean whole) {

        public SomeBacklog {
            topics = List.copyOf(topics);
        }
    }

    /** @param unowned lanes without an owner at the moment, ascending */
    record Ownership(List<Owner> owners, List<Integer> unowned) {

        public Ownership {
            owners = List.copyOf(owners);
            unowned = List.copyOf(unowned);
        }
    }

    /**
     * One process incarnation.
     *
     * @param name of the application, as it gave it
     * @param relays whether it takes lanes at all
     * @param leaseLeftMs time until others may take its lanes, by the database's clock; negative when it is over
     * @param lanes ascending
     */
    record Owner(UUID node, String name, boolean relays, long leaseLeftMs, List<Integer> lanes) {

        public Owner {
            lanes = List.copyOf(lanes);
        }
    }

    /**
     * @param waiting messages that wait for the broker
     * @param oldestWaitingMs age of the oldest of them by the database's clock, 0 when none waits
     * @param delayed messages that wait for their time and can still be cancelled
     * @param parked messages that the broker has refused, and those behind them
     */
    record TopicBacklog(String topic, long waiting, long oldestWaitingMs, long delayed, long parked) {}
}
