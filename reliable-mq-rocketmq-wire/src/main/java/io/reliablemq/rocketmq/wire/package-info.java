/** What a message looks like on RocketMQ, and what both adapters for it have in common; knows no client. */
@NullMarked
package io.reliablemq.rocketmq.wire;

import org.jspecify.annotations.NullMarked;
