/**
 * The vocabulary that both planes share: what is asked of a connector, what it answers, and what can go wrong.
 */
@NullMarked
package io.virtualwire.control;

import org.jspecify.annotations.NullMarked;
