/** What is measured: Reliable MQ, a hand-written limit and the peers, behind one interface. */
@NullMarked
package io.reliablemq.benchmarks.subject;

import org.jspecify.annotations.NullMarked;
