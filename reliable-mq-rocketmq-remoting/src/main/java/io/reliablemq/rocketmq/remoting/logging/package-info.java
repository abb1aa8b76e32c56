/** Where the client's (relocated) SLF4J ends. */
@NullMarked
package io.reliablemq.rocketmq.remoting.logging;

import org.jspecify.annotations.NullMarked;
