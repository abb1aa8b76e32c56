package io.reliablemq.consumer;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What keeps the packages of this module apart. */
@AnalyzeClasses(packages = "io.reliablemq.consumer", importOptions = ImportOption.DoNotIncludeTests.class)
class PackageRulesTests {

    @ArchTest
    static final ArchRule packagesHaveNoCycles = slices().matching("io.reliablemq.consumer.(*)..")
            .should()
            .beFreeOfCycles()
            .because("a cycle makes two packages one that nobody can read alone");

    @ArchTest
    static final ArchRule siblingsNeverMeet = slices().matching("io.reliablemq.consumer.(*)..")
            .should()
            .notDependOnEachOther()
            .ignoreDependency(resideInAPackage("..consumer.wiring"), resideInAPackage("io.reliablemq.consumer.."))
            .ignoreDependency(resideInAPackage("io.reliablemq.consumer.."), resideInAPackage("..consumer.spi"))
            .because("a database, a container or a processing step must be replaceable without the others noticing");

    @ArchTest
    static final ArchRule apiKnowsNobody = noClasses()
            .that()
            .resideInAPackage("io.reliablemq.consumer")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.reliablemq.consumer.*..")
            .because("business code must not see how it is served");

    @ArchTest
    static final ArchRule siblingsShowTheirEntryOnly = classes()
            .that()
            .resideInAnyPackage("..jdbc", "..processing", "..container", "..handler", "..wiring")
            .and()
            .areTopLevelClasses()
            .and()
            .arePublic()
            .should()
            .haveNameMatching(".*\\.(JdbcInbox|IdempotentProcessing|ListenerContainers|ListenerAnnotationProcessor"
                    + "|DeadLetterListeners|ListenerInfrastructure)")
            .because("what is not public can change without a new major version");

    @ArchTest
    static final ArchRule noBrokerAndNoOutbox = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.rocketmq..", "io.reliablemq.outbox..")
            .because("a second broker is a new adapter module and nothing else");
}
