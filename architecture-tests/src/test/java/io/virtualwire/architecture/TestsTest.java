package io.virtualwire.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.LocationProvider;
import com.tngtech.archunit.lang.ArchRule;
import io.virtualwire.testkit.SourceTree;
import io.virtualwire.testkit.netns.Namespaces;
import io.virtualwire.testkit.netns.NetnsTest;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestTemplate;

/** Tests are found, run, and wait for conditions instead of for time to pass. */
@AnalyzeClasses(locations = TestsTest.TestClasses.class)
class TestsTest {
    /** The compiled tests of all modules, as far as they are built. */
    static final class TestClasses implements LocationProvider {
        @Override
        public Set<Location> get(Class<?> testClass) {
            return SourceTree.files().stream()
                    .filter(file -> file.endsWith("pom.xml"))
                    .map(file -> file.resolveSibling("target/test-classes"))
                    .filter(Files::isDirectory)
                    .map(Location::of)
                    .collect(Collectors.toSet());
        }
    }

    private static final DescribedPredicate<JavaClass> HOLDING_TESTS = DescribedPredicate.describe(
            "holding tests",
            type -> type.getMethods().stream()
                    .anyMatch(method ->
                            method.isMetaAnnotatedWith(Test.class) || method.isMetaAnnotatedWith(TestTemplate.class)));

    @ArchTest
    static final ArchRule testsAreFound = classes()
            .that(HOLDING_TESTS)
            .and()
            .doNotHaveModifier(JavaModifier.ABSTRACT)
            .and()
            .areTopLevelClasses()
            .should()
            .haveSimpleNameEndingWith("Test")
            .orShould()
            .haveSimpleNameEndingWith("IT")
            .because("Maven runs classes by these names and silently leaves out all others");

    @ArchTest
    static final ArchRule noTestIsSwitchedOff = noMethods()
            .should()
            .beAnnotatedWith(Disabled.class)
            .because("a test that does not run tells nothing; repair it or delete it");

    @ArchTest
    static final ArchRule noTestClassIsSwitchedOff = noClasses()
            .should()
            .beAnnotatedWith(Disabled.class)
            .because("a test that does not run tells nothing; repair it or delete it");

    @ArchTest
    static final ArchRule namespacesAreDeclared = classes()
            .that(HOLDING_TESTS)
            .and()
            .containAnyMethodsThat(DescribedPredicate.describe(
                    "open namespaces",
                    method -> method.getMethodCallsFromSelf().stream()
                            .anyMatch(call -> call.getTargetOwner().isEquivalentTo(Namespaces.class))))
            .should()
            .beMetaAnnotatedWith(NetnsTest.class)
            .orShould()
            .beAnnotatedWith(NetnsTest.class)
            .because("the annotation makes a machine without root say so instead of failing oddly");

    @ArchTest
    static final ArchRule testsAwaitConditions = noClasses()
            .that(HOLDING_TESTS)
            .should()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .callMethod(Thread.class, "sleep", Duration.class)
            .because("a sleep is too short on a loaded machine and too long on every other: await the condition");
}
