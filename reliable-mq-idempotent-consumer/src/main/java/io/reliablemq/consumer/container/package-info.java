/** Receives messages, hands them to workers, acknowledges or postpones them, and starts and stops all of that. */
@NullMarked
package io.reliablemq.consumer.container;

import org.jspecify.annotations.NullMarked;
