package io.reliablemq.reliability;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.reliablemq.reliability", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

    @ArchTest
    static final ArchRule packagesHaveNoCycles = slices().matching("io.reliablemq.reliability.(*)..")
            .should()
            .beFreeOfCycles()
            .because("a cycle makes one package out of two, whatever their names say");

    @ArchTest
    static final ArchRule theCheckerKnowsNothing = noClasses()
            .that()
            .resideInAPackage("io.reliablemq.reliability.checker..")
            .should()
            .dependOnClassesThat()
            .resideOutsideOfPackages("java..", "org.jspecify..", "io.reliablemq.reliability.checker..")
            .because("who judges must not share code with who is judged");

    @ArchTest
    static final ArchRule theApplicationKnowsNoBreak = noClasses()
            .that()
            .resideInAPackage("io.reliablemq.reliability.worker..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.reliablemq.reliability.mutant..", "io.reliablemq.outbox.spi..", "io.reliablemq.consumer.spi..")
            .because("it is what a user would write, and a switch in it could be on");
}
