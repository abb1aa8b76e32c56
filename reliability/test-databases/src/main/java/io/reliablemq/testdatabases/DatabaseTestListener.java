package io.reliablemq.testdatabases;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Counts the tests that ran in classes annotated {@link DatabaseTest} and writes the counts when the plan ends. JUnit
 * finds it on the class path. It writes nothing without the system properties {@code reliable-mq.root} and
 * {@code reliable-mq.module}, as in an IDE.
 */
public final class DatabaseTestListener implements TestExecutionListener {

    private final Optional<Path> root;
    private final String module;
    private final DatabaseRuns runs = new DatabaseRuns();
    private @Nullable TestPlan plan;

    /** Reads where to write from the system properties. */
    public DatabaseTestListener() {
        this(
                Optional.ofNullable(System.getProperty("reliable-mq.root")).map(Path::of),
                System.getProperty("reliable-mq.module", "unknown"));
        H2Database.bindToLoopback();
    }

    DatabaseTestListener(Optional<Path> root, String module) {
        this.root = root;
        this.module = module;
    }

    @Override
    public void testPlanExecutionStarted(TestPlan started) {
        plan = started;
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (test.isTest() && result.getStatus() != Status.ABORTED) {
            annotatedClass(test).ifPresent(type -> runs.executed(vendor(type), type.getName()));
        }
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        annotatedClass(test)
                .filter(type -> !vendor(type).isAvailable())
                .ifPresent(type -> runs.notAvailable(vendor(type), reason));
    }

    @Override
    public void testPlanExecutionFinished(TestPlan finished) {
        root.ifPresent(folder -> runs.write(folder, module));
    }

    /** The class may be the outer class of the one with the test, or a subclass of it. */
    private Optional<Class<?>> annotatedClass(TestIdentifier test) {
        Optional<TestIdentifier> candidate = Optional.of(test);
        while (candidate.isPresent()) {
            Optional<TestSource> source = candidate.get().getSource();
            if (source.isPresent()
                    && source.get() instanceof ClassSource type
                    && type.getJavaClass().isAnnotationPresent(DatabaseTest.class)) {
                return Optional.of(type.getJavaClass());
            }
            candidate = plan == null ? Optional.empty() : plan.getParent(candidate.get());
        }
        return Optional.empty();
    }

    private static TestDatabase vendor(Class<?> annotated) {
        return annotated.getAnnotation(DatabaseTest.class).value();
    }
}
