/** What tests of every module share. */
@NullMarked
package io.virtualwire.testkit;

import org.jspecify.annotations.NullMarked;
