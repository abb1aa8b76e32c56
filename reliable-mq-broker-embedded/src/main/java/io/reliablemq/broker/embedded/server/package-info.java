/** The server side of the embedded broker: these classes live in the broker's class loader and are reached through JDK types only. */
@NullMarked
package io.reliablemq.broker.embedded.server;

import org.jspecify.annotations.NullMarked;
