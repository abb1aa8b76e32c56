/** Puts the sibling packages together; the only place that knows them all. */
@NullMarked
package io.reliablemq.consumer.wiring;

import org.jspecify.annotations.NullMarked;
