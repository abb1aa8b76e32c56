/** The runner and its scenarios. */
@NullMarked
package io.reliablemq.benchmarks;

import org.jspecify.annotations.NullMarked;
