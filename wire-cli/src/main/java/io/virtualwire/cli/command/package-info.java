/** One class a command. */
@NullMarked
package io.virtualwire.cli.command;

import org.jspecify.annotations.NullMarked;
