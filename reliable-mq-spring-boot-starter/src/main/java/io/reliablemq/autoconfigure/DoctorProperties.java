package io.reliablemq.autoconfigure;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The doctor, which looks whether broker, database and settings keep what is promised.
 *
 * @param enabled Whether it looks, at the start and from time to time.
 * @param onFailure What happens at the start when a setting breaks the promise: warn (in the log) or refuse (the application does not
 *     start). What comes and goes, and what cannot be seen, never refuses.
 * @param interval Time between two examinations. Where something could not be seen the next ones come sooner.
 * @param timeout Time for one examination; what has not answered by then is UNKNOWN.
 * @param figuresInterval Time between two measurements of disks, replicas and consumer groups for the meters, where there is a meter
 *     registry and a name server.
 * @param cluster Name of the cluster to look at, where the name servers know several; all of them where it is not set.
 * @param copies Disks that a message has to be on when the broker acknowledges it. Where it is not set 2, or 1 with one embedded
 *     broker.
 */
@ConfigurationProperties("reliable-mq.doctor")
record DoctorProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("warn") OnFailure onFailure,
        @DefaultValue("5m") Duration interval,
        @DefaultValue("10s") Duration timeout,
        @DefaultValue("30s") Duration figuresInterval,
        @DefaultValue("") String cluster,
        @Nullable Integer copies) {

    /** What a setting that breaks the promise does to the start. */
    enum OnFailure {
        /** The application starts and says so. */
        WARN,
        /** The application does not start. */
        REFUSE
    }

    /** @throws ReliableMqConfigurationException naming the property */
    DoctorProperties checked() {
        within("interval", interval, Duration.ofMillis(100));
        within("timeout", timeout, Duration.ofMillis(100));
        within("figures-interval", figuresInterval, Duration.ofMillis(100));
        if (copies != null && (copies < 1 || copies > 10)) {
            throw new ReliableMqConfigurationException(
                    "reliable-mq.doctor.copies is " + copies + ": it must be 1 to 10.",
                    "Correct the property reliable-mq.doctor.copies");
        }
        return this;
    }

    private static void within(String name, Duration value, Duration least) {
        if (value.compareTo(least) < 0 || value.compareTo(Duration.ofDays(1)) > 0) {
            throw new ReliableMqConfigurationException(
                    "reliable-mq.doctor." + name + " is " + value + ": it must be 100ms to 1d.",
                    "Correct the property reliable-mq.doctor." + name);
        }
    }
}
