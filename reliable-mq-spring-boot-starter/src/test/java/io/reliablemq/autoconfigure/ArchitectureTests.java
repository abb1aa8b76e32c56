package io.reliablemq.autoconfigure;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;

@AnalyzeClasses(packages = "io.reliablemq", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

    @ArchTest
    static final ArchRule onlyWhatAnApplicationNamesIsPublic = classes()
            .that()
            .resideInAPackage("io.reliablemq.autoconfigure..")
            .and()
            .arePublic()
            .should()
            .haveNameMatching(".*(AutoConfiguration|ConnectionDetails|ReliableMqDataSource)")
            .because(
                    "an application orders itself around auto-configurations and supplies connection details; the rest is ours");

    @ArchTest
    static final ArchRule theStarterKnowsTheAdapterAndNotItsClient = noClasses()
            .that()
            .resideInAPackage("io.reliablemq.autoconfigure..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.rocketmq..", "io.reliablemq.broker.embedded.server..")
            .because("another client is another adapter module, and the embedded broker is optional");

    @ArchTest
    static final ArchRule nothingDependsOnTheStarter = noClasses()
            .that()
            .resideOutsideOfPackage("io.reliablemq.autoconfigure..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.reliablemq.autoconfigure..")
            .because("each module works without Spring Boot's auto-configuration");

    @ArchTest
    static final ArchRule theTwoCoresMeetOnlyInTheStarter = noClasses()
            .that()
            .resideInAPackage("io.reliablemq.consumer..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.reliablemq.outbox..")
            .because("a service that only sends carries no consumer, and the other way round");

    @ArchTest
    static final ArchRule packagesHaveNoCycles = SlicesRuleDefinition.slices()
            .matching("io.reliablemq.(**)")
            .should()
            .beFreeOfCycles();
}
