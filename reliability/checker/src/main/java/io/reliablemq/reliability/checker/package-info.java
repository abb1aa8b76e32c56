/** Judges the history of a run under faults. */
@NullMarked
package io.reliablemq.reliability.checker;

import org.jspecify.annotations.NullMarked;
