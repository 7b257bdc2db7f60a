/** The connector's face: REST version 1 over HTTPS with mutual TLS, and what it asks of the connector behind it. */
@NullMarked
package io.virtualwire.connector.api;

import org.jspecify.annotations.NullMarked;
