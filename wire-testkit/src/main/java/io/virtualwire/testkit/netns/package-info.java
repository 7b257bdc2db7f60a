/**
 * Network namespaces for tests: several hosts on one machine, made and removed by the test itself.
 *
 * <p>A class or method marked {@link io.virtualwire.testkit.netns.NetnsTest} may open {@link
 * io.virtualwire.testkit.netns.Namespaces}.
 */
@NullMarked
package io.virtualwire.testkit.netns;

import org.jspecify.annotations.NullMarked;
