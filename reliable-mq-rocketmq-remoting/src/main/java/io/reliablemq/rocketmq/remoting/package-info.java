/** The adapter on RocketMQ's classic (remoting) client; nothing outside this package sees it. */
@NullMarked
package io.reliablemq.rocketmq.remoting;

import org.jspecify.annotations.NullMarked;
