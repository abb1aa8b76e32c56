/** What is sent and how a broker that does nothing answers. */
@NullMarked
package io.reliablemq.benchmarks.load;

import org.jspecify.annotations.NullMarked;
