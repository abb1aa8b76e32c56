/** Compares what was sent with what arrived. */
@NullMarked
package io.reliablemq.reconciliation;

import org.jspecify.annotations.NullMarked;
