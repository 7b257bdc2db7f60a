/**
 * Two daemons that believe each other: mutual TLS 1.3 yields keys, keys seal datagrams, and sessions come and go beneath a
 * path that stays (docs/wire-protocol.md sections 2 and 3).
 *
 * <p>{@link io.virtualwire.association.Associations} is the way in. State belongs to the owner thread of the data path;
 * what blocks (dialling, handshakes, reading the control stream) runs on virtual threads, which hand their results over.
 */
@NullMarked
package io.virtualwire.association;

import org.jspecify.annotations.NullMarked;
