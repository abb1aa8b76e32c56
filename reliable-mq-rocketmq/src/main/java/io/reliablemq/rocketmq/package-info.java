/** The RocketMQ 5 adapter of the outbox and of the idempotent consumer; nothing outside this package sees RocketMQ. */
@NullMarked
package io.reliablemq.rocketmq;

import org.jspecify.annotations.NullMarked;
