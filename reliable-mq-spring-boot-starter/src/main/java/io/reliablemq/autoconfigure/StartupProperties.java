package io.reliablemq.autoconfigure;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What an application needs in order to start.
 *
 * @param broker Whether the application starts without the broker.
 * @param brokerTimeout Time to wait for the broker when it is required.
 */
@ConfigurationProperties("reliable-mq.startup")
record StartupProperties(
        @DefaultValue("optional") Need broker,
        @DefaultValue("30s") Duration brokerTimeout) {

    /** Whether a dependency has to be there. */
    enum Need {
        /** The application starts, accepts sends, says so in health, and heals. */
        OPTIONAL,
        /** The application does not start without it. */
        REQUIRED
    }
}
