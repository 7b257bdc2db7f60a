/**
 * How a daemon comes by its credentials and keeps them: enrols once with a {@link io.virtualwire.enrolment.EnrolmentToken}, renews
 * them while it runs, and follows the list of those that were revoked.
 */
@NullMarked
package io.virtualwire.enrolment;

import org.jspecify.annotations.NullMarked;
