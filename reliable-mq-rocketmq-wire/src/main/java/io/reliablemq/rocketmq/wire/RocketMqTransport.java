package io.reliablemq.rocketmq.wire;

import io.reliablemq.consumer.spi.MessageReceiverFactory;
import io.reliablemq.outbox.spi.MessageRules;
import io.reliablemq.outbox.spi.MessageSender;

/**
 * One connection to a RocketMQ cluster, through either client: what the outbox and the idempotent consumer need of it.
 *
 * <p>Making one contacts nobody, so that an application starts while the cluster is away; it finds a cluster that comes back by
 * itself.
 *
 * <p><b>Thread</b>: safe for use by any thread.
 */
public interface RocketMqTransport extends AutoCloseable {

    MessageSender sender();

    MessageRules rules();

    MessageReceiverFactory receivers();

    RocketMqStatus status();

    /** Bounded, within seconds. A send that has no outcome yet gets {@code Unknown}. */
    @Override
    void close();
}
