package io.reliablemq.autoconfigure;

import io.micrometer.core.instrument.observation.MeterObservationHandler;
import io.micrometer.observation.Observation;
import org.springframework.core.Ordered;

/**
 * Keeps observed attempts to send away from the handlers that make timers: these would time those with a recorded trace only, which
 * {@code reliable.mq.relay.send} and {@code reliable.mq.direct.send} do for all. Spring Boot asks the handlers of meters in their order and
 * takes the first that supports a context.
 */
final class UntimedAttempts implements MeterObservationHandler<AttemptContext>, Ordered {

    @Override
    public boolean supportsContext(Observation.Context context) {
        return context instanceof AttemptContext;
    }

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }
}
