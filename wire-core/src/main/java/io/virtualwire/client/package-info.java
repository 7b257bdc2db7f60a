/** What a connector is asked over REST, as typed calls and records; the same records are what it answers with. */
@NullMarked
package io.virtualwire.client;

import org.jspecify.annotations.NullMarked;
