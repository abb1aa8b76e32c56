package io.reliablemq.autoconfigure;

import io.reliablemq.outbox.SendMode;
import io.reliablemq.outbox.spi.AdmissionSettings;
import io.reliablemq.outbox.spi.Backoff;
import io.reliablemq.outbox.spi.CompressionSettings;
import io.reliablemq.outbox.spi.RelaySettings;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The producer side.
 *
 * @param enabled Whether messages can be sent with @ReliableSend and Outbox.
 * @param mode How messages of mode DEFAULT get to the broker, which all are that say nothing else: outbox, or direct (from memory, past the
 *     outbox: a crash loses what is on its way). Those with an order or a delay always go through the outbox.
 * @param maxDelay Longest delay that the broker's proxy accepts, one day by default. Longer ones wait in the database.
 * @param handOver Time before its delivery at which a delayed message is given to the broker's timer. Until then it can be
 *     cancelled. Shorter delays go to the broker at once.
 * @param retention Time for which sent messages are kept in an archive, from which they can be replayed. 0 to delete them as
 *     soon as the broker has stored them.
 * @param admission What to do about a backlog.
 * @param compression Compression of payloads.
 * @param metrics Figures about the outbox.
 * @param relay The relay, which moves committed messages to the broker.
 */
@ConfigurationProperties("reliable-mq.outbox")
record OutboxProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("outbox") SendMode mode,
        @DefaultValue("1d") Duration maxDelay,
        @DefaultValue("10s") Duration handOver,
        @DefaultValue("0s") Duration retention,
        @DefaultValue Admission admission,
        @DefaultValue Compression compression,
        @DefaultValue Metrics metrics,
        @DefaultValue Relay relay) {

    /**
     * @param refresh Time between two measurements of the backlog for meters. Longer where a measurement takes long, so that it
     *     never takes more than a twentieth of the time.
     */
    record Metrics(@DefaultValue("15s") Duration refresh) {

        /** @throws ReliableMqConfigurationException naming the property */
        Duration checkedRefresh() {
            if (refresh.compareTo(Duration.ofMillis(10)) < 0 || refresh.compareTo(Duration.ofDays(1)) > 0) {
                throw new ReliableMqConfigurationException(
                        "reliable-mq.outbox.metrics.refresh is " + refresh + ": it must be 10ms to 1d.",
                        "Correct the property reliable-mq.outbox.metrics.refresh");
            }
            return refresh;
        }
    }

    /**
     * @param policy What happens when more waits in the outbox than the limits allow: off, warn (in the log, once a minute) or
     *     refuse (the send fails).
     * @param maxRows Largest number of messages that may wait.
     * @param maxAge Longest time that the oldest of them may have waited.
     * @param refresh Time between two measurements while messages are sent. A figure older than three times that refuses nothing.
     */
    record Admission(
            @DefaultValue("warn") AdmissionSettings.Policy policy,
            @DefaultValue("100000") long maxRows,
            @DefaultValue("10m") Duration maxAge,
            @DefaultValue("5s") Duration refresh) {

        /** @throws ReliableMqConfigurationException naming the property */
        AdmissionSettings settings() {
            try {
                return new AdmissionSettings(policy, maxRows, maxAge, refresh);
            } catch (IllegalArgumentException e) {
                throw new ReliableMqConfigurationException(
                        "reliable-mq.outbox.admission." + e.getMessage(),
                        "Correct the property reliable-mq.outbox.admission.*");
            }
        }
    }

    /**
     * @param enabled Whether payloads are compressed with gzip. Every consumer must know it: upgrade them first.
     * @param threshold Smallest payload that is compressed.
     * @param maxSize Largest payload before compression. Consumers unpack no more than their max-decompressed-size.
     */
    record Compression(
            @DefaultValue("false") boolean enabled,
            @DefaultValue("4KB") DataSize threshold,
            @DefaultValue("16MB") DataSize maxSize) {

        /** @throws ReliableMqConfigurationException naming the property */
        CompressionSettings settings() {
            try {
                return new CompressionSettings(enabled, threshold.toBytes(), maxSize.toBytes());
            } catch (IllegalArgumentException e) {
                throw new ReliableMqConfigurationException(
                        "reliable-mq.outbox.compression." + e.getMessage(),
                        "Correct the property reliable-mq.outbox.compression.*");
            }
        }
    }

    /** @throws ReliableMqConfigurationException when it is neither off nor long enough to mean anything */
    Duration checkedRetention() {
        if (retention.isNegative() || (!retention.isZero() && retention.compareTo(Duration.ofSeconds(1)) < 0)) {
            throw new ReliableMqConfigurationException(
                    "reliable-mq.outbox.retention is " + retention + ": it must be 0, for off, or at least 1s.",
                    "Correct reliable-mq.outbox.retention.");
        }
        return retention;
    }

    /** @throws ReliableMqConfigurationException when it says nothing */
    SendMode checkedMode() {
        if (mode == SendMode.DEFAULT) {
            throw new ReliableMqConfigurationException(
                    "reliable-mq.outbox.mode is default: it must be outbox or direct, since it is what messages of mode"
                            + " DEFAULT become.",
                    "Correct the property reliable-mq.outbox.mode");
        }
        return mode;
    }

    boolean archiving() {
        return !checkedRetention().isZero();
    }

    /** @throws ReliableMqConfigurationException when delayed messages would be late or refused */
    Duration checkedHandOver() {
        if (handOver.compareTo(Duration.ofSeconds(2)) < 0 || handOver.compareTo(maxDelay) > 0) {
            throw new ReliableMqConfigurationException(
                    "reliable-mq.outbox.hand-over is " + handOver
                            + ": it must be at least 2s, so that a message gets to"
                            + " the broker before its time, and at most max-delay, " + maxDelay
                            + ", which is all that the broker accepts.",
                    "Correct reliable-mq.outbox.hand-over or reliable-mq.outbox.max-delay.");
        }
        return handOver;
    }

    /**
     * @param enabled Whether this instance sends what is committed, its own and that of others. Switch it off on nodes that only
     *     write; at least one instance needs it.
     * @param lanes Number of lanes that the instances share, at the very first start. From then on the database's number counts, which
     *     OutboxOperations.changeLanes changes.
     * @param lease Time without a sign of life after which others take this instance's lanes.
     * @param pollMin Shortest pause between two reads of the outbox while there is work.
     * @param pollMax Longest pause between two reads of the outbox while there is none.
     * @param trailing Time for which rows that were committed out of order are looked for closely.
     * @param sweep Time between two looks through everything in the outbox.
     * @param maxInFlight Largest number of sends of one topic without an answer. All topics together have an eighth more, so that
     *     one whose sends hang does not stop the others.
     * @param maxHeld Largest number of messages in memory.
     * @param maxHeldSize Largest size of the messages in memory.
     * @param retryInitial First pause before a message whose outcome is unknown is sent again.
     * @param retryMax Longest pause before a message whose outcome is unknown is sent again.
     * @param shutdownTimeout Time for sends in flight to finish when the application stops.
     */
    record Relay(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("16") int lanes,
            @DefaultValue("15s") Duration lease,
            @DefaultValue("10ms") Duration pollMin,
            @DefaultValue("500ms") Duration pollMax,
            @DefaultValue("10s") Duration trailing,
            @DefaultValue("60s") Duration sweep,
            @DefaultValue("512") int maxInFlight,
            @DefaultValue("16384") int maxHeld,
            @DefaultValue("64MB") DataSize maxHeldSize,
            @DefaultValue("200ms") Duration retryInitial,
            @DefaultValue("10s") Duration retryMax,
            @DefaultValue("10s") Duration shutdownTimeout) {

        RelaySettings settings() {
            return new RelaySettings(
                    lanes,
                    lease,
                    pollMin,
                    pollMax,
                    trailing,
                    sweep,
                    maxInFlight,
                    maxHeld,
                    maxHeldSize.toBytes(),
                    new Backoff(retryInitial, retryMax),
                    shutdownTimeout);
        }
    }
}
