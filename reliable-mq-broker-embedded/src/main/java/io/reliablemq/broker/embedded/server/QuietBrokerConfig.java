package io.reliablemq.broker.embedded.server;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.rocketmq.common.BrokerConfig;

/**
 * A broker's settings with which it does not spin. RocketMQ 5.5.0 writes the counters of its half messages in a loop that asks
 * for the interval, writes if it has passed, asks again and sleeps for as long; until the first interval has passed it does
 * not sleep, which keeps a core busy for 3 s of each start.
 */
final class QuietBrokerConfig extends BrokerConfig {

    private static final long WRITE_AT_ONCE = -1;

    private final AtomicBoolean asked = new AtomicBoolean();

    @Override
    public long getTransactionMetricFlushInterval() {
        return asked.compareAndSet(false, true) ? WRITE_AT_ONCE : TimeUnit.MINUTES.toMillis(1);
    }
}
