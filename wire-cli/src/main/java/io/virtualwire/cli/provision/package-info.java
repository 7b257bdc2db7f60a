/** What makes a machine a VirtualWire host, step by step, and what takes it back. */
@NullMarked
package io.virtualwire.cli.provision;

import org.jspecify.annotations.NullMarked;
