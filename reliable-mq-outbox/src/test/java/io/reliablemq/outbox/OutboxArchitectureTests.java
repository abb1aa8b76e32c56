package io.reliablemq.outbox;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.AbstractClassesTransformer;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.List;
import java.util.stream.Collectors;

@AnalyzeClasses(packages = "io.reliablemq.outbox", importOptions = ImportOption.DoNotIncludeTests.class)
class OutboxArchitectureTests {

    private static final String API = "io.reliablemq.outbox";
    private static final String SPI = "io.reliablemq.outbox.spi";

    @ArchTest
    static final ArchRule theApiStandsAlone = noClasses()
            .that()
            .resideInAPackage(API)
            .should()
            .dependOnClassesThat(resideInAPackage("io.reliablemq..").and(resideOutsideOfPackages(API)))
            .because("business code compiles against it, and nothing behind it may show through");

    @ArchTest
    static final ArchRule theSpiKnowsTheApiOnly = noClasses()
            .that()
            .resideInAPackage(SPI)
            .should()
            .dependOnClassesThat(resideInAPackage("io.reliablemq..").and(resideOutsideOfPackages(API, SPI)))
            .because("every sibling package and every adapter meets here, so it can depend on none of them");

    @ArchTest
    static final ArchRule siblingsNeverImportEachOther = slices().matching("io.reliablemq.outbox.(*)..")
            .namingSlices("$1")
            .should()
            .notDependOnEachOther()
            .ignoreDependency(resideInAPackage("io.reliablemq.outbox.."), resideInAPackage(SPI))
            .because("each can then be read, tested and replaced alone; the starter wires them");

    @ArchTest
    static final ArchRule packagesHaveNoCycles = slices().matching("(io.reliablemq.outbox..)")
            .should()
            .beFreeOfCycles()
            .because("a cycle makes one package out of two, whatever their names say");

    @ArchTest
    static final ArchRule theOutboxKnowsNoBroker = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.rocketmq..", "apache.rocketmq..", "io.reliablemq.rocketmq..")
            .because("a second broker must be a new adapter module and nothing else");

    @ArchTest
    static final ArchRule theOutboxKnowsNoConsumer = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.reliablemq.consumer..")
            .because("a service that only sends must not carry an inbox; what they share is a header on the wire");

    @ArchTest
    static final ArchRule jacksonIsOptional = noClasses()
            .that()
            .resideOutsideOfPackage("io.reliablemq.outbox.json")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("tools.jackson..", "com.fasterxml.jackson..")
            .because("an application with another PayloadConverter must start without it");

    @ArchTest
    static final ArchRule siblingsHaveFewEntries = ArchRuleDefinition.all(
                    new AbstractClassesTransformer<JavaPackage>("sibling packages") {
                        @Override
                        public Iterable<JavaPackage> doTransform(JavaClasses classes) {
                            return classes.getPackage(API).getSubpackages().stream()
                                    .filter(sibling -> !sibling.getName().equals(SPI))
                                    .collect(Collectors.toSet());
                        }
                    })
            .should(haveAtMostTwoPublicTopLevelTypes())
            .because(
                    "what is public is promised: one type for the starter to construct, and a post-processor beside it where"
                            + " Spring must be told");

    private static ArchCondition<JavaPackage> haveAtMostTwoPublicTopLevelTypes() {
        return new ArchCondition<>("have at most two public top-level types") {
            @Override
            public void check(JavaPackage sibling, ConditionEvents events) {
                List<String> entries = sibling.getClassesInPackageTree().stream()
                        .filter(type -> type.isTopLevelClass()
                                && !type.isArray()
                                && type.getModifiers().contains(JavaModifier.PUBLIC))
                        .map(JavaClass::getSimpleName)
                        .sorted()
                        .toList();
                events.add(new SimpleConditionEvent(
                        sibling, entries.size() <= 2, sibling.getName() + " has the public types " + entries));
            }
        };
    }

    @ArchTest
    static final ArchRule namesTellWhatATypeIs = classes()
            .should()
            .haveNameNotMatching(".*(Manager|Helper|Util|Utils|Impl)")
            .because("such a name says nothing and invites everything");
}
