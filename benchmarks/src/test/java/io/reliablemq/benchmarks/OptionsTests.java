package io.reliablemq.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.reliablemq.testdatabases.TestDatabase;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class OptionsTests {

    @Test
    void measureEverythingInFullSizeByDefault() {
        Options options = Options.parse();

        assertThat(options.smoke()).isFalse();
        assertThat(options.scenarios()).isEmpty();
        assertThat(options.databases()).contains(TestDatabase.POSTGRESQL, TestDatabase.MARIADB);
        assertThat(options.repetitions()).isEqualTo(5);
        assertThat(options.rows()).isEqualTo(500_000);
        assertThat(options.peerRows()).isEqualTo(20_000);
        assertThat(options.results()).isEqualTo(Path.of("results"));
    }

    @Test
    void takeLessForASmokeRunUnlessToldOtherwise() {
        Options options = Options.parse("--smoke", "--peer-rows", "50");

        assertThat(options.smoke()).isTrue();
        assertThat(options.repetitions()).isEqualTo(1);
        assertThat(options.rows()).isEqualTo(5_000);
        assertThat(options.peerRows()).isEqualTo(50);
    }

    @Test
    void giveEachScenarioOfASmokeRunOneDatabaseAndOfAFullRunAll() {
        Options smoke = Options.parse("--smoke", "--database", "mariadb,postgresql");
        assertThat(smoke.databasesFor(0)).containsExactly(TestDatabase.MARIADB);
        assertThat(smoke.databasesFor(1)).containsExactly(TestDatabase.POSTGRESQL);
        assertThat(smoke.databasesFor(2)).containsExactly(TestDatabase.MARIADB);

        Options full = Options.parse("--database", "mariadb,postgresql");
        assertThat(full.databasesFor(1)).containsExactly(TestDatabase.MARIADB, TestDatabase.POSTGRESQL);
    }

    @Test
    void collectScenariosAndDatabases() {
        Options options = Options.parse(
                "--scenario", "drain", "--database", "mariadb", "--scenario", "write", "--database", "postgresql");

        assertThat(options.scenarios()).containsExactly("drain", "write");
        assertThat(options.databases()).containsExactly(TestDatabase.MARIADB, TestDatabase.POSTGRESQL);
    }

    @Test
    void takeTheLastFolderForResults() {
        Options options = Options.parse("--results", "results", "--results", "elsewhere");

        assertThat(options.results()).isEqualTo(Path.of("elsewhere"));
    }

    @Test
    void nameWhatTheyDoNotUnderstand() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse("--row", "5"))
                .withMessageContaining("\"--row\"")
                .withMessageContaining("--rows");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse("--rows"))
                .withMessageContaining("\"--rows\"");
    }

    @Test
    void refuseNumbersBelowOne() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse("--repetitions", "0"))
                .withMessageContaining("--repetitions is 0");
    }

    @Test
    void refuseMoreCopiesThanOneProcessHolds() {
        assertThat(Options.parse("--replicas", "2").replicas()).isEqualTo(2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse("--replicas", "3"))
                .withMessageContaining("--replicas is 3: use 1 or 2");
    }
}
