package io.reliablemq.rocketmq;

import io.reliablemq.consumer.spi.MessageReceiverFactory;
import io.reliablemq.outbox.spi.MessageRules;
import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.rocketmq.wire.Reachability;
import io.reliablemq.rocketmq.wire.RocketMqMessageRules;
import io.reliablemq.rocketmq.wire.RocketMqStatus;
import io.reliablemq.rocketmq.wire.RocketMqTransport;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to a RocketMQ 5 cluster through its gRPC proxies: what the outbox and the idempotent consumer need of it.
 *
 * <p>Constructing it contacts nobody, so that an application starts while the cluster is
 * away. The producer, one for all, is built in the background at the first send; each receiver when it is opened. Both are
 * built anew when nobody has answered for five seconds, so they find a cluster that comes back, also under another address.
 *
 * <p><b>Logging</b>: the client's own log files in {@code ~/logs/rocketmq} are not written; its records go to SLF4J at DEBUG,
 * under their own logger names below {@code org.apache.rocketmq}. Setting one of the client's system properties
 * ({@code rocketmq.logback.configurationFile}, {@code rocketmq.log.root}) before this class is loaded leaves it its way.
 *
 * <p><b>Thread</b>: safe for use by any thread.
 */
public final class RocketMqConnection implements RocketMqTransport {

    private static final Logger log = LoggerFactory.getLogger(RocketMqConnection.class);

    static {
        ClientLogging.redirect();
    }

    private final SharedProducer producer;
    private final Reachability reachability;
    private final RocketMqMessageSender sender;
    private final RocketMqMessageRules rules;
    private final RocketMqMessageReceiverFactory receivers;

    public RocketMqConnection(RocketMqSettings settings) {
        Clients clients = new Clients(settings);
        this.producer = new SharedProducer(clients);
        this.reachability = new Reachability(settings.endpoints());
        this.sender = new RocketMqMessageSender(settings, producer, reachability);
        this.rules = new RocketMqMessageRules(settings.maxDelay(), Clock.systemUTC());
        this.receivers = new RocketMqMessageReceiverFactory(settings, clients, reachability);
        if (settings.tls()) {
            log.warn(
                    "tls is on for {}, but rocketmq-client-java trusts any certificate: the traffic is encrypted and the"
                            + " server is not verified. Use a private network or a local tunnel that verifies",
                    settings.endpoints());
        }
    }

    /** Outcomes come within {@code 3 * requestTimeout + 4 s}; usually in milliseconds. */
    @Override
    public MessageSender sender() {
        return sender;
    }

    @Override
    public MessageRules rules() {
        return rules;
    }

    @Override
    public MessageReceiverFactory receivers() {
        return receivers;
    }

    @Override
    public RocketMqStatus status() {
        return reachability.status();
    }

    /**
     * Closes receivers that are still open, at most 3 s, then the producer, at most 5 s; whatever does not end by then goes on
     * in daemon threads. A send that has no outcome yet gets {@code Unknown}.
     */
    @Override
    public void close() {
        receivers.close();
        producer.close();
    }
}
