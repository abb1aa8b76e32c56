/** The real embedded broker, and its client without a database. */
@NullMarked
package io.reliablemq.benchmarks.broker;

import org.jspecify.annotations.NullMarked;
