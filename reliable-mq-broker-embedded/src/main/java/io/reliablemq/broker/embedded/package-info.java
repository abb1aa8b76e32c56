/** Runs a real Apache RocketMQ inside this JVM, in a class loader of its own. */
@NullMarked
package io.reliablemq.broker.embedded;

import org.jspecify.annotations.NullMarked;
