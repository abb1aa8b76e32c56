package io.reliablemq.faults;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Of an application under test.
 *
 * @param enabled whether there are failpoints at all
 * @param haltAt where the JVM ends, as by {@code kill -9}
 * @param containing only for a message with that text in its payload; in the database for any
 */
@ConfigurationProperties("reliable-mq.failpoints")
record FailpointsProperties(
        @DefaultValue("false") boolean enabled,
        @Nullable Failpoint haltAt,
        @DefaultValue("") String containing) {

    Failpoints failpoints() {
        Failpoints failpoints = new Failpoints();
        if (haltAt != null) {
            failpoints.halt(haltAt, containing);
        }
        return failpoints;
    }
}
