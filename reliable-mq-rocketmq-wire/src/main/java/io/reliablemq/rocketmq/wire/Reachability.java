package io.reliablemq.rocketmq.wire;

import io.reliablemq.consumer.spi.ReceiverUnavailableException;
import io.reliablemq.rocketmq.wire.RocketMqStatus.State;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the {@link RocketMqStatus} and logs its changes, once each. */
public final class Reachability {

    private static final Logger log = LoggerFactory.getLogger(Reachability.class);

    private volatile RocketMqStatus status;

    public Reachability(String endpoints) {
        this.status = new RocketMqStatus(endpoints, State.UNKNOWN, Instant.now(), null);
    }

    public RocketMqStatus status() {
        return status;
    }

    /** @throws ReceiverUnavailableException where nobody has answered lately: this does not wait for that */
    public void require() {
        RocketMqStatus now = status;
        if (now.state() == State.UNREACHABLE) {
            throw new ReceiverUnavailableException(
                    "RocketMQ at " + now.endpoints() + " does not answer: " + now.lastError(), null);
        }
    }

    public void answered() {
        if (!status.reachable()) {
            reached();
        }
    }

    private synchronized void reached() {
        RocketMqStatus before = status;
        if (before.reachable()) {
            return;
        }
        status = new RocketMqStatus(before.endpoints(), State.REACHABLE, Instant.now(), before.lastError());
        if (before.state() == State.UNREACHABLE) {
            log.info("RocketMQ at {} answers again; it had not since {}", before.endpoints(), before.since());
        }
    }

    public synchronized void unanswered(String error) {
        RocketMqStatus before = status;
        boolean news = before.state() != State.UNREACHABLE;
        status =
                new RocketMqStatus(before.endpoints(), State.UNREACHABLE, news ? Instant.now() : before.since(), error);
        if (news) {
            log.warn(
                    "RocketMQ at {} does not answer: {}. It is tried again until it does; nothing committed is lost",
                    before.endpoints(),
                    error);
        }
    }
}
