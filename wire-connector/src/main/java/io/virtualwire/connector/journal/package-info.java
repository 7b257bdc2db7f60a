/**
 * What a connector has promised, on disk before it answers: an append-only journal, and the ledger that it replays into.
 */
@NullMarked
package io.virtualwire.connector.journal;

import org.jspecify.annotations.NullMarked;
