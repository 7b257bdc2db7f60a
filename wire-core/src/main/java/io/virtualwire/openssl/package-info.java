/**
 * Authenticated encryption by OpenSSL's libcrypto, which allocates nothing for a message, where this host has it.
 *
 * <p>{@link io.virtualwire.openssl.LibCrypto} says whether it can be used, {@link io.virtualwire.openssl.Aead} uses it.
 */
@NullMarked
package io.virtualwire.openssl;

import org.jspecify.annotations.NullMarked;
