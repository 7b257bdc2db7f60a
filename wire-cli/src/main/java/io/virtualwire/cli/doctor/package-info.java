/** What has to be right about a host, each found out by really trying. */
@NullMarked
package io.virtualwire.cli.doctor;

import org.jspecify.annotations.NullMarked;
