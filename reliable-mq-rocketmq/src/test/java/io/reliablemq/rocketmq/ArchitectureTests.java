package io.reliablemq.rocketmq;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.reliablemq", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

    private static final DescribedPredicate<JavaClass> PUBLIC_API = DescribedPredicate.describe(
            "public types of the adapter",
            type -> type.getPackageName().equals("io.reliablemq.rocketmq")
                    && type.getModifiers().contains(JavaModifier.PUBLIC));

    @ArchTest
    static final ArchRule onlyTheAdapterKnowsRocketMq = noClasses()
            .that()
            .resideOutsideOfPackages("io.reliablemq.rocketmq..", "io.reliablemq.broker.embedded..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.rocketmq..")
            .because("another broker is another adapter module and nothing else");

    @ArchTest
    static final ArchRule nothingOfTheClientLeaks = classes()
            .that()
            .resideInAPackage("io.reliablemq.rocketmq..")
            .and()
            .arePublic()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "io.reliablemq..", "org.slf4j..", "org.jspecify..")
            .because("a signature with a type of the client would bind the starter to it");

    @ArchTest
    static final ArchRule fewTypesArePublic = classes()
            .that(PUBLIC_API)
            .should()
            .haveNameMatching(".*\\.RocketMq(Connection|Settings)")
            .because("what is package-private can change with the client");

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
