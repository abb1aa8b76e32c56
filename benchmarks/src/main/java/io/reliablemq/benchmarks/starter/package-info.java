/** Our relay as the starter wires it. */
@NullMarked
package io.reliablemq.benchmarks.starter;

import org.jspecify.annotations.NullMarked;
