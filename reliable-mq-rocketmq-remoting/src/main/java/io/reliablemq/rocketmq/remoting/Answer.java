package io.reliablemq.rocketmq.remoting;

import io.reliablemq.outbox.spi.SendOutcome;

/**
 * What became of a request.
 *
 * @param byBroker whether a broker or name server has answered at all
 */
record Answer(SendOutcome outcome, boolean byBroker) {}
