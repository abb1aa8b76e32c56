package io.reliablemq.test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.reliablemq.test", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

    @ArchTest
    static final ArchRule withoutSpringNothingOfSpringIsNeeded = noClasses()
            .that()
            .resideInAPackage("io.reliablemq.test")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.springframework..", "io.reliablemq.test.spring..", "org.assertj..")
            .because("JUnit and the embedded broker are enough for tests without Spring");
}
