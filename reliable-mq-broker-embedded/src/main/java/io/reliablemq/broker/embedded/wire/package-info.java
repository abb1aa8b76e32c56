/** What the application's process and the broker's child processes say to each other, in both of them. */
@NullMarked
package io.reliablemq.broker.embedded.wire;

import org.jspecify.annotations.NullMarked;
