package io.reliablemq.testdatabases;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Runs a test class against one real database: usually a subclass, without members, of an abstract contract.
 *
 * <p>The class is disabled, with the reason, when the database is not available, or when the system property
 * {@value DatabaseTestExtension#ONLY} lists others only. Its tests are tagged {@code database} and counted for the
 * report at the end of the build. Constructors, life-cycle and test methods may have a {@link Database} parameter:
 * one new database per test class, shared with its nested classes, whose pools are closed after the class.
 */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("database")
@ExtendWith(DatabaseTestExtension.class)
public @interface DatabaseTest {

    /** The database to run against. */
    TestDatabase value();
}
