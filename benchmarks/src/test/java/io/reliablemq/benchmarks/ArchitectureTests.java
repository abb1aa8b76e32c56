package io.reliablemq.benchmarks;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.reliablemq.benchmarks", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

    @ArchTest
    static final ArchRule packagesHaveNoCycles = slices().matching("(io.reliablemq.benchmarks..)")
            .should()
            .beFreeOfCycles()
            .because("a cycle makes one package out of two, whatever their names say");

    @ArchTest
    static final ArchRule onlySubjectsKnowThePeers = noClasses()
            .that()
            .resideOutsideOfPackage("io.reliablemq.benchmarks.subject..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.namastack..", "com.gruelbox..")
            .because("a scenario that treats all subjects alike compares them");

    @ArchTest
    static final ArchRule onlyTheRawSendKnowsTheClient = noClasses()
            .that()
            .resideOutsideOfPackage("io.reliablemq.benchmarks.broker..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.rocketmq..")
            .because("what our relay is compared with is written in one place");
}
