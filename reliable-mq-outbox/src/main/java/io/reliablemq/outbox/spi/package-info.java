/** The ports between the write side, the relay, the store and a broker adapter; every sibling package meets here only. */
@NullMarked
package io.reliablemq.outbox.spi;

import org.jspecify.annotations.NullMarked;
