package io.virtualwire.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.all;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static io.virtualwire.architecture.Modules.in;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.AbstractClassesTransformer;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ClassesTransformer;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.NullMarked;

/** Every package says what it is, knows only what lies below it, and names things after what they are. */
@AnalyzeClasses(packages = "io.virtualwire", importOptions = ImportOption.DoNotIncludeTests.class)
class PackagesTest {
    private static final ClassesTransformer<JavaPackage> PACKAGES = new AbstractClassesTransformer<>("packages") {
        @Override
        public Iterable<JavaPackage> doTransform(JavaClasses types) {
            Set<JavaPackage> packages = StreamSupport.stream(types.spliterator(), false)
                    .map(JavaClass::getPackage)
                    .collect(Collectors.toSet());
            return packages;
        }
    };

    @ArchTest
    static final ArchRule everyPackageHasPackageInfo = all(PACKAGES)
            .should(new ArchCondition<>("have a @NullMarked package-info") {
                @Override
                public void check(JavaPackage subject, ConditionEvents events) {
                    boolean marked = subject.isAnnotatedWith(NullMarked.class);
                    events.add(new SimpleConditionEvent(
                            subject, marked, subject.getName() + " has no package-info.java with @NullMarked"));
                }
            })
            .because("its one sentence is where a reader starts, and null is checked only where the package says so");

    @ArchTest
    static final ArchRule noCycles = slices().matching("io.virtualwire.(**)")
            .should()
            .beFreeOfCycles()
            // Ports live on the owner thread, which is in transport; transport counts with port's DropReason.
            .ignoreDependency(resideInAPackage("io.virtualwire.port.."), resideInAPackage("io.virtualwire.transport.."))
            .because("packages in a cycle are one package with several names");

    @ArchTest
    static final ArchRule noEmptyNames = noClasses()
            .should()
            .haveNameMatching(".*(Util|Utils|Helper|Impl)")
            .because("a class is named by its noun: what it is, not that it helps");

    @ArchTest
    static final ArchRule daemonsLog = noClasses()
            .that(in("wire-core", "wire-daemon", "wire-connector", "wire-switch", "spi", "local", "ssh"))
            .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS)
            .because("what a daemon says goes through slf4j, where it has a time and a level");

    @ArchTest
    static final ArchRule oneLoggingFacade = GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;

    @ArchTest
    static final ArchRule exceptionsAreUnchecked = classes()
            .that()
            .areAssignableTo(Exception.class)
            .should()
            .beAssignableTo(RuntimeException.class)
            .because("a caller that can do nothing must not have to say so");

    @ArchTest
    static final ArchRule timeIsInjected = noClasses()
            .that(in("wire-core"))
            .and()
            .resideOutsideOfPackage("io.virtualwire.time..")
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .because("the simulator runs the same code in virtual time, through io.virtualwire.time.Ticker");

    @ArchTest
    static final ArchRule testKitSaysWhatItIs = classes()
            .that(in("wire-testkit"))
            .should()
            .resideInAPackage("io.virtualwire.testkit..")
            .because("a fake must not be mistaken for the thing");
}
