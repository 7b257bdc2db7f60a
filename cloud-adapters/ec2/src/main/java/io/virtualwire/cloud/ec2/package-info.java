/** Hosts that are Amazon EC2 instances: ordinary ones with nested virtualization, or bare metal. */
@NullMarked
package io.virtualwire.cloud.ec2;

import org.jspecify.annotations.NullMarked;
