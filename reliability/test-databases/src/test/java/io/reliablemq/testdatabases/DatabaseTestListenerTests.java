package io.reliablemq.testdatabases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

class DatabaseTestListenerTests {

    @TempDir
    Path root;

    @Test
    void countsTheTestsThatWereExecuted() {
        execute("module-a", OnH2.class, OnNothing.class);

        DatabaseRuns runs = DatabaseRuns.read(root);
        assertThat(runs.count(TestDatabase.H2)).isEqualTo(5);
        assertThat(DatabaseReport.line(runs, TestDatabase.H2)).isEqualTo("database h2          5 tests");
        assertThat(DatabaseRuns.folder(root)).isDirectoryContaining(file -> file.endsWith("module-a.h2"));
    }

    @Test
    void countsAClassOnceHoweverOftenItsModuleRuns() {
        execute("module-a", OnH2.class);
        execute("module-a", OnH2.class);
        execute("module-b", OnH2.class);

        assertThat(DatabaseRuns.read(root).count(TestDatabase.H2)).isEqualTo(10);
    }

    @Test
    void disablesADatabaseThatWasNotAskedFor() {
        System.setProperty(DatabaseTestExtension.ONLY, "mariadb, postgresql");
        try {
            execute("module-a", OnH2.class);
        } finally {
            System.clearProperty(DatabaseTestExtension.ONLY);
        }

        assertThat(DatabaseRuns.read(root).count(TestDatabase.H2)).isZero();
    }

    @Test
    void reportsWhyADatabaseDidNotRun() {
        DatabaseRuns written = new DatabaseRuns();
        written.notAvailable(TestDatabase.MYSQL, "start one");
        written.write(root, "module-a");

        DatabaseRuns runs = DatabaseRuns.read(root);
        assertThat(DatabaseReport.line(runs, TestDatabase.MYSQL)).isEqualTo("database mysql       NOT RUN (start one)");
        assertThatThrownBy(() -> DatabaseReport.requireAll(runs)).hasMessageContaining("mysql (start one)");
    }

    @Test
    void reportsABuildInWhichNothingRan() {
        DatabaseReport.main(root.toString());

        assertThatThrownBy(() -> DatabaseReport.main(root.toString(), "required"))
                .hasMessageContainingAll("h2", "mysql", "mariadb", "postgresql");
    }

    @Test
    void acceptsABuildInWhichAllDatabasesRan() {
        DatabaseRuns written = new DatabaseRuns();
        for (TestDatabase database : TestDatabase.values()) {
            written.executed(database, "SomeTests");
        }
        written.write(root, "module-a");

        DatabaseReport.main(root.toString(), "required");
    }

    @Test
    void isFoundByJUnit() {
        assertThat(ServiceLoader.load(TestExecutionListener.class))
                .hasAtLeastOneElementOfType(DatabaseTestListener.class);
    }

    private void execute(String module, Class<?>... classes) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(Arrays.stream(classes)
                        .map(DiscoverySelectors::selectClass)
                        .toList())
                .build();
        LauncherConfig config = LauncherConfig.builder()
                .enableTestExecutionListenerAutoRegistration(false)
                .addTestExecutionListeners(new DatabaseTestListener(Optional.of(root), module))
                .build();
        LauncherFactory.create(config).execute(request);
    }

    abstract static class Contract {

        @Test
        void succeeds() {}

        @Test
        void fails() {
            fail("on purpose");
        }

        @Test
        void isAborted() {
            Assumptions.abort();
        }

        @Test
        @Disabled
        void isSkipped() {}

        @ParameterizedTest
        @ValueSource(ints = {1, 2})
        void runsTwice(int number) {
            assertThat(number).isPositive();
        }

        @Nested
        class Inner {

            @Test
            void succeeds() {}
        }
    }

    @DatabaseTest(TestDatabase.H2)
    static class OnH2 extends Contract {}

    static class OnNothing extends Contract {}
}
