/**
 * Who a daemon or person is: a tenant's own certificate authority, the credentials it issues, and the TLS 1.3
 * contexts in which both ends prove their {@link io.virtualwire.control.Identity}.
 */
@NullMarked
package io.virtualwire.identity;

import org.jspecify.annotations.NullMarked;
