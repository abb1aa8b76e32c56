/** The ports between the containers, the inbox and a broker adapter; every sibling package meets here only. */
@NullMarked
package io.reliablemq.consumer.spi;

import org.jspecify.annotations.NullMarked;
