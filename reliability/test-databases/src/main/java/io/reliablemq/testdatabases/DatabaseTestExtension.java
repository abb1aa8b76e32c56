package io.reliablemq.testdatabases;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Disables a {@link DatabaseTest} whose database is not available and resolves its {@link Database}. */
final class DatabaseTestExtension implements ExecutionCondition, ParameterResolver {

    /** System property with a comma-separated list of the tags of the databases to run against. */
    static final String ONLY = "reliable-mq.databases.only";

    private static final Namespace NAMESPACE = Namespace.create(DatabaseTestExtension.class);

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        TestDatabase database = vendor(annotatedContext(context));
        String only = System.getProperty(ONLY, "");
        if (!only.isBlank() && !List.of(only.trim().split("\\s*,\\s*")).contains(database.tag())) {
            return ConditionEvaluationResult.disabled("-D" + ONLY + "=" + only);
        }
        return database.isAvailable()
                ? ConditionEvaluationResult.enabled(database.tag() + " is available")
                : ConditionEvaluationResult.disabled(database.reasonNotAvailable());
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Database.class;
    }

    @Override
    public Database resolveParameter(ParameterContext parameter, ExtensionContext context) {
        ExtensionContext annotated = annotatedContext(context);
        return annotated
                .getStore(NAMESPACE)
                .computeIfAbsent(Database.class, type -> vendor(annotated).create(), Database.class);
    }

    private static TestDatabase vendor(ExtensionContext annotated) {
        return annotated
                .getRequiredTestClass()
                .getAnnotation(DatabaseTest.class)
                .value();
    }

    /** The context of the annotated class itself, whose end is the end of the database's pools. */
    private static ExtensionContext annotatedContext(ExtensionContext context) {
        Optional<ExtensionContext> candidate = Optional.of(context);
        while (candidate.isPresent()) {
            ExtensionContext current = candidate.get();
            if (current.getElement()
                    .filter(element -> element instanceof Class<?> && element.isAnnotationPresent(DatabaseTest.class))
                    .isPresent()) {
                return current;
            }
            candidate = current.getParent();
        }
        throw new IllegalStateException(context.getDisplayName() + " is in no class annotated @DatabaseTest");
    }
}
