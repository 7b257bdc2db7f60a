/** REST by contract: the OpenAPI file that a daemon serves decides which requests reach it. */
@NullMarked
package io.virtualwire.rest;

import org.jspecify.annotations.NullMarked;
