/**
 * Seeded fuzz: valid input spoiled in a million ways, which a parser must refuse as it promises to, quickly, and without
 * taking memory that the input only claims to need.
 */
@NullMarked
package io.virtualwire.testkit.fuzz;

import org.jspecify.annotations.NullMarked;
