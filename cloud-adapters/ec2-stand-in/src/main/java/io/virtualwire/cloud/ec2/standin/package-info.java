/** A stand-in for Amazon's EC2: its Query API over HTTP, as strict as the original, with machines that are real. */
@NullMarked
package io.virtualwire.cloud.ec2.standin;

import org.jspecify.annotations.NullMarked;
