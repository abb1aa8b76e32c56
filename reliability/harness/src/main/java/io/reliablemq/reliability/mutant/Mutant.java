package io.reliablemq.reliability.mutant;

import io.reliablemq.reliability.checker.Violation.Kind;
import io.reliablemq.testdatabases.TestDatabase;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One way to break the promise. Each replaces a bean of the application, the implementation of a port, a table or a setting of the broker;
 * the product has no broken variant in it.
 */
public enum Mutant {
    /** The broker is told that a message is done before its effect is committed. */
    ACK_FIRST(AckFirst.class, "consumer-kill", Kind.LOST),
    /** The effect is committed by itself, before the transaction that remembers the message. */
    DEDUP_OUTSIDE_TRANSACTION(DedupOutsideTransaction.class, "consumer-kill", Kind.DUPLICATED),
    /** The outbox row goes before the broker has the message. */
    SETTLE_BEFORE_SEND(SettleBeforeSend.class, "producer-kill,broker-kill", Kind.LOST),
    /** Everything up to the last stored row goes, also what was committed late and never sent. */
    SETTLE_BY_RANGE(SettleByRange.class, "database-slow", Kind.LOST),
    /** The relay never looks below the highest id that it has seen, so what is committed late waits for ever. */
    IDS_AS_CURSOR(IdsAsCursor.class, "database-slow", Kind.STUCK),
    /** The next message of a key is sent before the broker has the one before it. */
    NEXT_BEFORE_ACKNOWLEDGED(NextBeforeAcknowledged.class, "broker-cut", Kind.INVERTED),
    /** Dedup records are gone before the broker can be sure that the acknowledgement has come. */
    EARLY_PURGE(EarlyPurge.class, "consumer-kill,broker-requests-lost", Kind.DUPLICATED),
    /** Nobody asks before the commit whether the database has given the transaction up. */
    NO_COMMIT_SENTINEL(NoCommitSentinel.class, "none", Kind.LOST),
    /** Dedup keys in a column that does not tell 'a' from 'A'. */
    TEXT_KEYS(TextKeys.class, "none", Kind.STUCK),
    /** No outbox: the message is sent while the transaction is open. */
    SEND_BEFORE_COMMIT(SendBeforeCommit.class, "producer-kill", Kind.PHANTOM),
    /** A listener of one of two processes receives nothing, and the other process has all its messages. */
    DEAF_LISTENER(DeafListener.class, "none", Kind.IDLE),
    /** The broker deletes what nobody has received yet when somebody else fills its disk. */
    FORCIBLE_CLEAN(FarBehind.class, "broker-disk", Kind.LOST),
    /** No break: listeners are as far behind and the disk is as full as with {@link #FORCIBLE_CLEAN}, and the broker deletes nothing. */
    FAR_BEHIND(FarBehind.class, "broker-disk", null);

    private final Class<?> configuration;
    private final String faults;
    private final @Nullable Kind shows;

    Mutant(Class<?> configuration, String faults, @Nullable Kind shows) {
        this.configuration = configuration;
        this.faults = faults;
        this.shows = shows;
    }

    /** @throws IllegalArgumentException naming those that there are */
    public static Mutant of(String text) {
        return Arrays.stream(values())
                .filter(mutant -> mutant.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no mutant " + text + ", but "
                        + Arrays.stream(values()).map(Mutant::text).toList()));
    }

    /** As in {@code ack-first}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    Class<?> configuration() {
        return configuration;
    }

    /** Names, separated by commas, under which it has to show. */
    public String faults() {
        return faults;
    }

    /** As what it has to show; null for what is no break, and may show as nothing but late. */
    public @Nullable Kind shows() {
        return shows;
    }

    /** On which it shows, unless another one is asked for. */
    public TestDatabase database() {
        return this == TEXT_KEYS ? TestDatabase.MARIADB : TestDatabase.POSTGRESQL;
    }

    /** Whether the broker has a small disk of its own, which is filled. */
    public boolean fillsTheDisk() {
        return configuration == FarBehind.class;
    }

    /** Of the application, besides the break: what makes it show within the time. */
    public Map<String, String> settings() {
        return switch (this) {
            // in a lane of its own a row that is committed late has nothing above it
            case SETTLE_BY_RANGE, IDS_AS_CURSOR -> Map.of("reliable-mq.outbox.relay.lanes", "1");
            default -> Map.of();
        };
    }

    /** Ordering keys with which it shows, unless told otherwise: an inversion needs two messages of a key within a second. */
    public int keys() {
        return this == NEXT_BEFORE_ACKNOWLEDGED ? 20 : 200;
    }

    /** Processes that listen, unless told otherwise. Most breaks show with one as well, and sooner: most of its time goes into starting them. */
    public int consumers() {
        return this == DEAF_LISTENER ? 2 : 1;
    }

    /** How long it takes to show, unless told otherwise. A broker looks at its disk for the first time after a minute. */
    public Duration load() {
        return Duration.ofSeconds(fillsTheDisk() ? 120 : 36);
    }
}
