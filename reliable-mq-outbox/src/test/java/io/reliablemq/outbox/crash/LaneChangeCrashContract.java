package io.reliablemq.outbox.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.outbox.crash.Victim.Task;
import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.KillPoint;
import io.reliablemq.testdatabases.KillPoint.Moment;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * A process that writes and relays is killed before a commit of a change of the number of lanes, started again, and killed after the
 * same commit. Then a second one goes on, which has written and relayed all the time; but not on H2, where it is started then, after
 * one of the two. The number goes up and down in turns.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class LaneChangeCrashContract {

    private static final int FEW = 4;
    private static final int MANY = 7;

    @TempDir
    static Path folder;

    private Database database;
    /** Without a pool: the second process may be away. */
    private JdbcTemplate jdbc;

    private Turn turn;
    private boolean oneProcess;
    private Instance second;
    private int starts;

    @BeforeAll
    void createTables(Database given) {
        oneProcess = CrashDatabase.isForOneProcess(given);
        // so that each step is taken in both directions, on one database or another
        database = CrashDatabase.create(given, folder, oneProcess ? MANY : FEW);
        jdbc = new JdbcTemplate(
                new DriverManagerDataSource(database.jdbcUrl(), database.username(), database.password()));
        turn = new Turn(jdbc);
        startSecond();
    }

    @AfterAll
    void stop() {
        second.close();
    }

    private void startSecond() {
        second = new Instance("second-" + ++starts, database, connections -> connections, turn::of);
        second.relay.start();
        second.startWriting();
        Instance.until(() -> !turn.has || ownsAllLanes());
    }

    @ParameterizedTest
    @EnumSource
    void goesOnAlthoughAProcessDiesBeforeAndAfterTheCommit(LaneStep step) throws Exception {
        if (step == LaneStep.RETIRED && LaneState.read(jdbc).written() == FEW) {
            second.operations.changeLanes(MANY, Victim.ACTION);
            Instance.until(() -> LaneState.read(second.jdbc).isSettled(MANY));
        }
        LaneState settled = LaneState.read(jdbc);
        int other = settled.written() == FEW ? MANY : FEW;

        turn.has = false;
        killTwice(step, settled, other);
        turn.has = true;
        if (!step.isOfALateMessage()) {
            second.operations.changeLanes(other, Victim.ACTION);
        }

        Instance.until(() -> LaneState.read(second.jdbc).equals(step.over(settled, other)) && ownsAllLanes());
        checkMessages();
        second.startWriting();
    }

    private void killTwice(LaneStep step, LaneState settled, int other) throws Exception {
        // who joins as the second is not given the lanes that are to be removed
        boolean alone = oneProcess || step == LaneStep.RETIRED;
        String late = lateName(other, (int) settled.written(), step);
        if (step.isOfALateMessage()) {
            second.journal.add(late);
        }
        if (alone) {
            second.close();
        }
        for (Moment moment : moments(step)) {
            String victim = Journal.VICTIM + "-" + step + "-" + moment;
            KillPoint point = step.at(moment, settled);
            if (step.isOfALateMessage()) {
                Victim.dies(victim, database, point, folder, Task.WRITE_LATE, late, lateLane(step));
            } else {
                Victim.dies(victim, database, point, folder, Task.CHANGE_LANES, other);
            }
            assertThat(LaneState.read(jdbc)).as(victim).isEqualTo(step.left(moment, settled, other));
        }
        if (alone) {
            startSecond();
        }
    }

    /** One of them on H2, in turns: it is the database's commit that differs there, not ours. */
    private List<Moment> moments(LaneStep step) {
        if (oneProcess) {
            return List.of(step.ordinal() % 2 == 0 ? Moment.BEFORE_COMMIT : Moment.AFTER_COMMIT);
        }
        return List.of(Moment.BEFORE_COMMIT, Moment.AFTER_COMMIT);
    }

    /** One that the victim has, or that is not there any more. */
    private static int lateLane(LaneStep step) {
        return step == LaneStep.REVIVED ? MANY - 2 : 0;
    }

    private static String lateName(int last, int now, LaneStep step) {
        int lane = lateLane(step);
        return IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> Journal.LATE + step.ordinal() + "-" + i)
                .filter(name ->
                        new LaneLayout(last).laneOf(name) == lane % last && new LaneLayout(now).laneOf(name) != lane)
                .findFirst()
                .orElseThrow();
    }

    private void checkMessages() {
        second.stopWriting();
        Instance.until(() -> second.count("reliable_mq_outbox") == 0);
        second.checkReceived();
        assertThat(second.failures).isEmpty();
        assertThat(second.count("reliable_mq_outbox_parked")).isZero();
        assertThat(second.count("reliable_mq_outbox_archive")).isEqualTo(second.journal.written());
        assertThat(second.count("(SELECT DISTINCT message_id FROM reliable_mq_outbox_archive) archived"))
                .isEqualTo(second.journal.written());
    }

    private boolean ownsAllLanes() {
        return second.relay.status().lanes() == second.count("reliable_mq_outbox_lane");
    }
}
