/** Samples, their medians, the table and the CSV files. */
@NullMarked
package io.reliablemq.benchmarks.report;

import org.jspecify.annotations.NullMarked;
