/** Sends messages past the outbox: bounded, asynchronous, a few attempts, every loss counted and reported. */
@NullMarked
package io.reliablemq.outbox.direct;

import org.jspecify.annotations.NullMarked;
