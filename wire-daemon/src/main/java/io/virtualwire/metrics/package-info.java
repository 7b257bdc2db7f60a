/** What daemons count and measure, as Prometheus reads it: made anew for each scrape, from what the one who asks may see. */
@NullMarked
package io.virtualwire.metrics;

import org.jspecify.annotations.NullMarked;
