/** A TCP proxy that breaks what passes through it. */
@NullMarked
package io.reliablemq.broker.embedded.network;

import org.jspecify.annotations.NullMarked;
