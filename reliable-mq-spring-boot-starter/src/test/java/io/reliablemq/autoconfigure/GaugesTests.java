package io.reliablemq.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.reliablemq.outbox.spi.ArchiveStore.Content;
import io.reliablemq.outbox.spi.RelayStatus;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What it costs the relay and the database that somebody looks. */
class GaugesTests {

    private final MeterRegistry meters = new SimpleMeterRegistry();

    private double value(String name) {
        return meters.get(name).gauge().value();
    }

    @Test
    void askTheRelayOnceForAllAndAtMostOnceASecond() {
        AtomicInteger asked = new AtomicInteger();
        AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1);
        new RelayGauges(() -> new RelayStatus(true, 16, asked.incrementAndGet(), 2, List.of()), now::get)
                .register(meters);

        assertThat(value("reliable.mq.relay.lanes")).isEqualTo(16);
        assertThat(value("reliable.mq.relay.in.flight")).isEqualTo(2);
        now.addAndGet(1_000_000_000);
        assertThat(value("reliable.mq.relay.held")).isEqualTo(1);

        now.addAndGet(1);
        assertThat(value("reliable.mq.relay.held")).isEqualTo(2);
        assertThat(asked).hasValue(2);
    }

    @Test
    void takeATwentiethOfTheTimeOfTheDatabaseAtMost() {
        Queue<Long> times = new ConcurrentLinkedQueue<>();
        ArchiveGauges gauges = new ArchiveGauges(
                () -> {
                    long began = System.nanoTime();
                    times.add(began);
                    while (System.nanoTime() - began < 10_000_000) {
                        Thread.onSpinWait();
                    }
                    times.add(System.nanoTime());
                    return new Content(1, 1);
                },
                Duration.ofMillis(1));
        gauges.start();
        Awaitility.await().until(() -> times.size() >= 3);
        gauges.stop();

        long began = times.remove();
        long ended = times.remove();
        assertThat(times.remove() - ended).isGreaterThanOrEqualTo(20 * (ended - began));
    }
}
