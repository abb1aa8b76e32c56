/** Relays in JVMs of their own. */
@NullMarked
package io.reliablemq.benchmarks.node;

import org.jspecify.annotations.NullMarked;
