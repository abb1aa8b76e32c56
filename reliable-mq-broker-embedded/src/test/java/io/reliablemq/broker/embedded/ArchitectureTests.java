package io.reliablemq.broker.embedded;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.reliablemq.broker.embedded", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

    private static final String SERVER = "io.reliablemq.broker.embedded.server..";

    @ArchTest
    static final ArchRule theApplicationsSideDoesNotSeeTheBroker = noClasses()
            .that()
            .resideOutsideOfPackage(SERVER)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(SERVER, "org.apache.rocketmq..", "io.grpc..", "io.netty..", "com.alibaba..")
            .because("those classes live in a class loader of their own; a link to them would load them twice");

    @ArchTest
    static final ArchRule theBrokersSideSeesNothingOfTheApplication = noClasses()
            .that()
            .resideInAPackage(SERVER)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.reliablemq.broker.embedded", "org.springframework..", "org.slf4j..")
            .because("the isolated class loader does not have them");

    @ArchTest
    static final ArchRule theApplicationsSideIsPlainJava = classes()
            .that()
            .resideOutsideOfPackage(SERVER)
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "io.reliablemq.broker.embedded",
                    "io.reliablemq.broker.embedded.network",
                    "io.reliablemq.broker.embedded.standalone",
                    "io.reliablemq.broker.embedded.wire",
                    "org.slf4j..",
                    "org.jspecify..")
            .because("tests without Spring use the broker too");

    @ArchTest
    static final ArchRule theProgramIsAUserOfTheBroker = noClasses()
            .that()
            .resideOutsideOfPackage("io.reliablemq.broker.embedded.standalone")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.reliablemq.broker.embedded.standalone")
            .because("what it can do an application can do, too");
}
