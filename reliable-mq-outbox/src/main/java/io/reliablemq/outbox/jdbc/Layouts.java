package io.reliablemq.outbox.jdbc;

import io.reliablemq.outbox.spi.LaneLayout;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DuplicateKeyException;

/** What all processes must agree on, and the lanes that follow from it. */
final class Layouts {

    private final OwnTransactions own;

    Layouts(OwnTransactions own) {
        this.own = own;
    }

    /** @param first what the first process writes */
    LaneLayout agree(LaneLayout first) {
        LaneSettings settings = read();
        if (!settings.has(LaneSettings.LANE_COUNT)) {
            settings = writeFirst(first);
        }
        requireKnownHash(settings);
        return settings.layout();
    }

    LaneLayout now() {
        return read().layout();
    }

    /** One process gets through, the others wait for its commit, fail on the primary key and read what it wrote. */
    private LaneSettings writeFirst(LaneLayout first) {
        try {
            return own.transaction("writing the lane layout", session -> {
                insert(first, session);
                return new LaneSettings(
                        Map.of(LaneSettings.LANE_COUNT, (long) first.lanes(), LaneSettings.HASH_VERSION, (long)
                                LaneLayout.HASH_VERSION));
            });
        } catch (DuplicateKeyException | ConcurrencyFailureException e) {
            return readAfterLostRace(e);
        }
    }

    private LaneSettings readAfterLostRace(DataAccessException lost) {
        LaneSettings settings = read();
        if (!settings.has(LaneSettings.LANE_COUNT)) {
            throw lost;
        }
        return settings;
    }

    private static void insert(LaneLayout layout, Session session) throws SQLException {
        session.update(
                "INSERT INTO " + LaneSettings.TABLE + " (name, setting_value) VALUES (?, ?), (?, ?)",
                parameters -> parameters
                        .add(LaneSettings.LANE_COUNT)
                        .add(layout.lanes())
                        .add(LaneSettings.HASH_VERSION)
                        .add(LaneLayout.HASH_VERSION));
        insert(IntStream.range(0, layout.lanes()).boxed().toList(), session);
    }

    /** Gives the lanes below that number a row that have none. */
    static void addMissing(int lanes, Session session) throws SQLException {
        Set<Integer> there = Set.copyOf(session.query(
                "SELECT lane FROM " + JdbcLaneStore.LANE + " WHERE lane < ?",
                parameters -> parameters.add(lanes),
                Columns::nextInt));
        List<Integer> missing = IntStream.range(0, lanes)
                .filter(lane -> !there.contains(lane))
                .boxed()
                .toList();
        if (!missing.isEmpty()) {
            insert(missing, session);
        }
    }

    static void insert(List<Integer> lanes, Session session) throws SQLException {
        session.update(
                "INSERT INTO " + JdbcLaneStore.LANE + " (lane, owner, epoch) VALUES "
                        + String.join(", ", Collections.nCopies(lanes.size(), "(?, NULL, 0)")),
                parameters -> {
                    for (int lane : lanes) {
                        parameters.add(lane);
                    }
                });
    }

    private LaneSettings read() {
        return own.read("reading the lane layout", LaneSettings::read);
    }

    private static void requireKnownHash(LaneSettings settings) {
        long actual = settings.get(LaneSettings.HASH_VERSION);
        if (actual != LaneLayout.HASH_VERSION) {
            throw new IllegalStateException("Table " + LaneSettings.TABLE + ": hash_version is " + actual
                    + " in the database, but this process has " + LaneLayout.HASH_VERSION
                    + ". Both together would break the order of messages, so this process does not start: run the release"
                    + " that wrote it, or a later one");
        }
    }
}
