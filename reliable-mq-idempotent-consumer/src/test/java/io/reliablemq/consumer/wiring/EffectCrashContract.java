package io.reliablemq.consumer.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.reliablemq.consumer.DeadLetters.Letters;
import io.reliablemq.consumer.InboxSchema;
import io.reliablemq.consumer.wiring.EffectVictim.Task;
import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.DyingJvm;
import io.reliablemq.testdatabases.H2Database;
import io.reliablemq.testdatabases.KillPoint;
import io.reliablemq.testdatabases.KillPoint.Moment;
import io.reliablemq.testdatabases.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * A process dies before the commit of an effect, a dead letter, or what an operator does to one, or after it and before the acknowledgement;
 * another one gets all messages again. The processes of one database die beside each other, each with a group of its own.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class EffectCrashContract {

    @TempDir
    static Path folder;

    private final Map<Death, CompletableFuture<Database>> deaths = new HashMap<>();
    private final ExecutorService executioners = Executors.newFixedThreadPool(4);
    private TestDatabase vendor;

    record Death(Task task, Moment moment) {

        String group() {
            return task + "-" + moment + "-";
        }
    }

    /** The dead letters by default on H2 only: each death costs a process, and they go through the same transactions as the rest. */
    private Stream<Death> deaths() {
        boolean all = vendor == TestDatabase.H2
                || System.getProperty("reliable-mq.crash.databases", "").equals("all");
        Set<Task> tasks = all ? EnumSet.allOf(Task.class) : EnumSet.of(Task.ALONE, Task.TOGETHER);
        return tasks.stream().flatMap(task -> moments(task).map(moment -> new Death(task, moment)));
    }

    /** A letter without its mirror yet, too. */
    private static Stream<Moment> moments(Task task) {
        return task == Task.BURY ? Stream.of(Moment.values()) : Stream.of(Moment.BEFORE_COMMIT, Moment.AFTER_COMMIT);
    }

    @BeforeAll
    void dieBesideEachOther(Database given) {
        vendor = given.vendor();
        InboxSchema.migrate(given).close();
        deaths().forEach(death ->
                deaths.put(death, CompletableFuture.supplyAsync(() -> database(given, death), executioners)));
    }

    @AfterAll
    void stop() {
        executioners.shutdownNow();
    }

    /** H2 in a file, for one process at a time. */
    private static Database database(Database given, Death death) {
        Database database =
                given.vendor() == TestDatabase.H2 ? H2Database.createFile(folder.resolve(death.group())) : given;
        try (var pool = InboxSchema.migrate(database)) {
            if (death.task().isOperators()) {
                survive(pool, death.group(), Task.BURY);
            }
        }
        die(database, death);
        return database;
    }

    private static void die(Database database, Death death) {
        KillPoint point = death.task().at(death.moment());
        List<String> arguments = new ArrayList<>(List.of(death.task().name(), death.group()));
        arguments.addAll(
                List.of(database.vendor().name(), database.jdbcUrl(), database.username(), database.password()));
        arguments.addAll(point.arguments());
        try {
            DyingJvm.awaitDeath(EffectVictim.class, arguments, folder.resolve(death.group() + ".log"), () -> "");
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void survive(DataSource dataSource, String group, Task task) {
        EffectVictim survivor = new EffectVictim(dataSource, group, task);
        survivor.receive();
        await().atMost(Duration.ofSeconds(30)).until(() -> survivor.broker.remaining() == 0);
        survivor.infrastructure.containers().stop();
    }

    @ParameterizedTest
    @MethodSource("deaths")
    void eachMessageHasOneEffectAlthoughAProcessDies(Death death) {
        Database database = deaths.get(death).join();
        try (var pool = database.dataSource(8)) {
            JdbcTemplate jdbc = new JdbcTemplate(pool);
            checkWhatIsLeft(death, jdbc);

            if (death.task().isOperators()) {
                new EffectVictim(pool, death.group(), Task.ALONE).operate(death.task());
                survive(pool, death.group(), Task.ALONE);
            } else {
                survive(pool, death.group(), death.task());
            }

            checkTheEnd(death, pool);
        }
    }

    private static void checkWhatIsLeft(Death death, JdbcTemplate jdbc) {
        int committed = death.moment() == Moment.AFTER_COMMIT ? 1 : 0;
        switch (death.task()) {
            case ALONE -> assertThat(effects(jdbc, death)).hasSize(death.task().committedBefore() + committed);
            case TOGETHER -> assertThat(effects(jdbc, death)).hasSize(committed * EffectVictim.MESSAGES);
            case BURY, DRAIN -> {
                assertThat(letters(jdbc, death, "OPEN")).isEqualTo(committed);
                assertThat(count(jdbc, "reliable_mq_inbox", death, "state = 'DEAD'"))
                        .isEqualTo(committed);
                assertThat(mirrored(jdbc, death)).hasSize(committed);
            }
            case REPLAY -> {
                assertThat(effects(jdbc, death)).hasSize(committed);
                assertThat(letters(jdbc, death, "REPLAYED")).isEqualTo(committed);
            }
            case EDIT -> assertThat(letters(jdbc, death, "REPLACED")).isEqualTo(committed);
            case DISCARD -> {
                assertThat(letters(jdbc, death, "DISCARDED")).isEqualTo(committed);
                assertThat(count(jdbc, "reliable_mq_inbox", death, "state = 'DISCARDED'"))
                        .isEqualTo(committed);
            }
        }
        assertThat(count(jdbc, "reliable_mq_inbox", death, "state = 'DONE'"))
                .isEqualTo(effects(jdbc, death).size());
        if (death.task().isOperators()) {
            assertThat(audited(jdbc, death)).isEqualTo(committed);
        }
    }

    private static void checkTheEnd(Death death, DataSource dataSource) {
        JdbcTemplate jdbc = new JdbcTemplate(dataSource);
        boolean handled = EnumSet.of(Task.ALONE, Task.TOGETHER, Task.REPLAY).contains(death.task());
        boolean open = EnumSet.of(Task.BURY, Task.DRAIN, Task.EDIT).contains(death.task());
        assertThat(effects(jdbc, death))
                .hasSize(handled ? EffectVictim.MESSAGES : 0)
                .doesNotHaveDuplicates();
        assertThat(count(jdbc, "reliable_mq_inbox", death, "1 = 1")).isEqualTo(EffectVictim.MESSAGES);
        assertThat(letters(jdbc, death, "OPEN")).isEqualTo(open ? EffectVictim.MESSAGES : 0);
        if (open) {
            assertThat(mirrored(jdbc, death)).hasSize(EffectVictim.MESSAGES).doesNotHaveDuplicates();
        }
        if (death.task().isOperators()) {
            assertThat(audited(jdbc, death)).isEqualTo(EffectVictim.MESSAGES);
        }
        if (death.task() == Task.EDIT) {
            EffectVictim all = new EffectVictim(dataSource, death.group(), Task.ALONE);
            assertThat(all.infrastructure.deadLetters().list(Letters.ofGroup(death.group()), null, 100))
                    .allMatch(letter -> all.isEdited(letter.id()));
            assertThat(letters(jdbc, death, "REPLACED")).isEqualTo(EffectVictim.MESSAGES);
        }
    }

    private static List<String> mirrored(JdbcTemplate jdbc, Death death) {
        return jdbc.queryForList(
                "select message from effect where message like ?", String.class, "mirror of " + death.group() + "%");
    }

    private static int letters(JdbcTemplate jdbc, Death death, String state) {
        return count(jdbc, "reliable_mq_dead_letter", death, "state = '" + state + "'");
    }

    private static int audited(JdbcTemplate jdbc, Death death) {
        return count(
                jdbc,
                "reliable_mq_inbox_audit audit join reliable_mq_dead_letter letter on letter.id = audit.letter_id",
                death,
                "1 = 1");
    }

    private static List<String> effects(JdbcTemplate jdbc, Death death) {
        return jdbc.queryForList("select message from effect where message like ?", String.class, death.group() + "%");
    }

    private static int count(JdbcTemplate jdbc, String table, Death death, String condition) {
        Integer count = jdbc.queryForObject(
                "select count(*) from " + table + " where consumer_group = ? and " + condition, Integer.class, (Object)
                        death.group().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return count == null ? -1 : count;
    }
}
