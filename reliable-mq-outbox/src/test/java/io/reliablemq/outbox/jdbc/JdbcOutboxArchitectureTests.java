package io.reliablemq.outbox.jdbc;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class JdbcOutboxArchitectureTests {

    private final JavaClasses store = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.reliablemq.outbox.jdbc");

    @Test
    void asksTheDatabaseForTheTimeOnly() {
        noClasses()
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(Clock.class, Instant.class, java.util.Date.class)
                .because("leases of several hosts are compared, and their clocks differ")
                .check(store);
    }

    @Test
    void meetsSiblingsInThePortsOnly() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.reliablemq.outbox",
                        "io.reliablemq.outbox.spi",
                        "io.reliablemq.outbox.jdbc",
                        "java..",
                        "javax.sql..",
                        "org.springframework.dao..",
                        "org.springframework.jdbc..",
                        "org.slf4j..",
                        "org.jspecify..")
                .because("the starter alone wires sibling packages together")
                .check(store);
    }
}
