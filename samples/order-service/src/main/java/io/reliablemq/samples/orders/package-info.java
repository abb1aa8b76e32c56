/** An order service as its users would write it: business code with two annotations of Reliable MQ, and no plumbing. */
@NullMarked
package io.reliablemq.samples.orders;

import org.jspecify.annotations.NullMarked;
