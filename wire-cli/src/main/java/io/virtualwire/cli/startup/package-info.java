/** What the launcher runs once after a build, so that every command afterwards starts fast. */
@NullMarked
package io.virtualwire.cli.startup;

import org.jspecify.annotations.NullMarked;
