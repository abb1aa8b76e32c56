/** Buffers messages with the business transaction and writes them as rows right before its commit. */
@NullMarked
package io.reliablemq.outbox.write;

import org.jspecify.annotations.NullMarked;
