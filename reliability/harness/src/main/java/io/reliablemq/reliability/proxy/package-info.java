/** A TCP proxy that breaks what passes through it. */
@NullMarked
package io.reliablemq.reliability.proxy;

import org.jspecify.annotations.NullMarked;
