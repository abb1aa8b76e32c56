/** From the commit of a business transaction to the handler of its message. */
@NullMarked
package io.reliablemq.benchmarks.latency;

import org.jspecify.annotations.NullMarked;
