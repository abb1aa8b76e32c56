package io.reliablemq.rocketmq.remoting;

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
 * One connection to a RocketMQ 5 cluster through its name servers: what the outbox and the idempotent consumer need of it.
 *
 * <p>Constructing it contacts nobody, so that an application starts while the cluster is away. The client is built at the first
 * send or receive and connects anew by itself.
 *
 * <p><b>Messages</b> look the same as those of the gRPC adapter, and an ordering key goes to the queue that a proxy would choose: both
 * may be used on one topic, and one application can move from one to the other.
 *
 * <p><b>Logging</b>: the client's records go to SLF4J at DEBUG, under logger names below {@code org.apache.rocketmq}.
 *
 * <p><b>Thread</b>: safe for use by any thread.
 */
public final class RemotingConnection implements RocketMqTransport {

    private static final Logger log = LoggerFactory.getLogger(RemotingConnection.class);

    private final Cluster cluster;
    private final Reachability reachability;
    private final RemotingMessageSender sender;
    private final RocketMqMessageRules rules;
    private final RemotingReceiverFactory receivers;

    /** @throws IllegalArgumentException when servers are to be verified and RocketMQ's client would not do it */
    public RemotingConnection(RemotingSettings settings) {
        if (settings.tls()) {
            checkVerification(settings);
        }
        this.cluster = new Cluster(settings);
        this.reachability = new Reachability(settings.nameServer());
        this.sender = new RemotingMessageSender(settings, cluster, reachability);
        this.rules = new RocketMqMessageRules(settings.maxDelay(), Clock.systemUTC());
        this.receivers = new RemotingReceiverFactory(settings, cluster, reachability);
    }

    private static void checkVerification(RemotingSettings settings) {
        ServerVerification verification = ServerVerification.of(System.getProperties());
        verification.requireWhatIsWanted();
        if (!verification.happens()) {
            log.warn(
                    "tls is on for {}, but RocketMQ's client trusts any certificate by default: the traffic is encrypted and"
                            + " the servers are not verified. See \"Verifying servers\" in docs/remoting.md, or use a private network",
                    settings.nameServer());
        }
    }

    /** Outcomes come within {@code 4 * requestTimeout + 2 s}; usually in milliseconds. */
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
     * Closes receivers that are still open, at most 3 s, then the producer and the client, at most 5 s each; whatever does not end by
     * then goes on in daemon threads. A send that has no outcome yet gets {@code Unknown}.
     */
    @Override
    public void close() {
        receivers.close();
        sender.close();
        cluster.close();
    }
}
