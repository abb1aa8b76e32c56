/** Business transactions, with and without a message. */
@NullMarked
package io.reliablemq.benchmarks.write;

import org.jspecify.annotations.NullMarked;
