package io.reliablemq.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MeasuredGaugesTests {

    private final AtomicInteger measurements = new AtomicInteger();

    @Test
    void goOnWhateverFails() {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        MeasuredGauges<Integer> gauges = new MeasuredGauges<>("test", this::measurement, Duration.ofMillis(1)) {
            @Override
            void measured(@Nullable Integer value) {
                throw new IllegalStateException("cannot be told " + value);
            }
        };
        gauges.gauge(meters, "test", Integer::doubleValue);
        gauges.start();
        try {
            await().until(() -> measurements.get() > 3);
            assertThat(gauges.isRunning()).isTrue();
        } finally {
            gauges.stop();
        }
    }

    private int measurement() {
        if (measurements.incrementAndGet() == 1) {
            throw new IllegalStateException("the first one fails");
        }
        return measurements.get();
    }
}
