/** The rules between modules and packages, each with its reason. */
@NullMarked
package io.virtualwire.architecture;

import org.jspecify.annotations.NullMarked;
