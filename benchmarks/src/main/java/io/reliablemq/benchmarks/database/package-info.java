/** Real databases, as durable as their own defaults make them. */
@NullMarked
package io.reliablemq.benchmarks.database;

import org.jspecify.annotations.NullMarked;
