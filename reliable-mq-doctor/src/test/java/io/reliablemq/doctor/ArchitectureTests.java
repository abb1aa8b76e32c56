package io.reliablemq.doctor;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;

@AnalyzeClasses(packages = "io.reliablemq.doctor", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

    @ArchTest
    static final ArchRule itNeedsTheJdkOnly = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "javax.sql..", "io.reliablemq.doctor..", "org.jspecify..")
            .because("its jar is a command by itself, and brings nothing onto an application's class path");

    @ArchTest
    static final ArchRule rulesAreFunctionsOfFacts = noClasses()
            .that()
            .resideInAnyPackage("io.reliablemq.doctor.rules..", "io.reliablemq.doctor.facts..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.net..", "java.sql..", "javax.sql..", "java.io..", "java.nio..")
            .because("what is asked for and what is made of it are tested apart");

    @ArchTest
    static final ArchRule packagesHaveNoCycles = SlicesRuleDefinition.slices()
            .matching("io.reliablemq.doctor.(*)..")
            .should()
            .beFreeOfCycles();

    @ArchTest
    static final ArchRule factsKnowNobody = noClasses()
            .that()
            .resideInAPackage("io.reliablemq.doctor.facts..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.reliablemq.doctor.rules..", "io.reliablemq.doctor.broker..", "io.reliablemq.doctor.database..")
            .because("they are what the others exchange");
}
