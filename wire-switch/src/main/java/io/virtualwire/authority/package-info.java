/**
 * Who becomes a member of a tenant and who ceases to be one: tokens, certificates, the revocation list, and the service in
 * which a tenant's authority answers its daemons.
 */
@NullMarked
package io.virtualwire.authority;

import org.jspecify.annotations.NullMarked;
