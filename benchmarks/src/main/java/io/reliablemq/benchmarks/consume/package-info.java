/** Consumers that are compared: what they consume, what they do with it, and whether each effect was applied once. */
@NullMarked
package io.reliablemq.benchmarks.consume;

import org.jspecify.annotations.NullMarked;
