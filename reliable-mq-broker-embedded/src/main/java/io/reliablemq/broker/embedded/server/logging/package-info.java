/** Hands the broker's log to the application's logging, across the class loader boundary. */
@NullMarked
package io.reliablemq.broker.embedded.server.logging;

import org.jspecify.annotations.NullMarked;
