package io.virtualwire.testkit.netns;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Marks a test that needs root, network namespaces and TUN/TAP.
 *
 * <p>Where they are missing the test is disabled and says what is missing; with {@code CI=true} it fails instead, so
 * that a build which should have run it cannot be green without it.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Tag("netns")
@ExtendWith(NetnsExtension.class)
public @interface NetnsTest {}
