package io.reliablemq.rocketmq.remoting;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.reliablemq.rocketmq", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

    @ArchTest
    static final ArchRule theAdaptersDoNotKnowEachOther = noClasses()
            .that()
            .resideInAPackage("io.reliablemq.rocketmq.remoting..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.reliablemq.rocketmq", "org.apache.rocketmq.client.apis..", "apache.rocketmq.v2..")
            .because("an application carries only the client it uses");

    @ArchTest
    static final ArchRule theWireFormatKnowsNoClient = noClasses()
            .that()
            .resideInAPackage("io.reliablemq.rocketmq.wire..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.rocketmq..")
            .because("both adapters share it");

    @ArchTest
    static final ArchRule nothingOfTheClientLeaks = classes()
            .that()
            .resideInAPackage("io.reliablemq.rocketmq.remoting")
            .and()
            .arePublic()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "io.reliablemq..", "org.slf4j..", "org.jspecify..")
            .because("a signature with a type of the client would bind the starter to it");

    @ArchTest
    static final ArchRule onlyThePortsOfTheCoresAreUsed = noClasses()
            .that()
            .resideInAPackage("io.reliablemq.rocketmq..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.reliablemq.outbox.jdbc..", "io.reliablemq.outbox.relay..", "io.reliablemq.consumer.container..")
            .because("an adapter implements ports, it does not take part in the cores");
}
