/** Turns annotated methods into listeners and messages into their arguments. */
@NullMarked
package io.reliablemq.consumer.handler;

import org.jspecify.annotations.NullMarked;
