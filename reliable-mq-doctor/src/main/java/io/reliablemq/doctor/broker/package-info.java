/** Asks a RocketMQ cluster through its name server, in the remoting protocol, read only. */
@NullMarked
package io.reliablemq.doctor.broker;

import org.jspecify.annotations.NullMarked;
