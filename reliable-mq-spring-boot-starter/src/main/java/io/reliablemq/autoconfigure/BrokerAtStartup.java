package io.reliablemq.autoconfigure;

import io.reliablemq.rocketmq.wire.RocketMqTransport;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.InitializingBean;

/** Looks once, at start-up, whether the broker is there; what follows is {@code reliable-mq.startup.broker}'s decision. */
class BrokerAtStartup implements InitializingBean {

    private static final Logger log = LoggerFactory.getLogger(BrokerAtStartup.class);
    private static final Duration CONNECT = Duration.ofSeconds(1);

    private final RocketMqTransport connection;
    private final StartupProperties properties;

    BrokerAtStartup(RocketMqTransport connection, StartupProperties properties) {
        this.connection = connection;
        this.properties = properties;
    }

    @Override
    public void afterPropertiesSet() throws InterruptedException {
        String endpoints = connection.status().endpoints();
        EndpointProbe probe = new EndpointProbe(endpoints, CONNECT);
        if (properties.broker() == StartupProperties.Need.REQUIRED) {
            require(probe, endpoints);
        } else if (!probe.answers()) {
            log.warn(
                    "The broker at {} does not answer. The application starts without it: messages wait in the outbox,"
                            + " listeners attach when it appears. (reliable-mq.startup.broker=required would refuse)",
                    endpoints);
        }
    }

    private void require(EndpointProbe probe, String endpoints) throws InterruptedException {
        long deadline = System.nanoTime() + properties.brokerTimeout().toNanos();
        while (!probe.answers()) {
            if (System.nanoTime() - deadline > 0) {
                throw new ReliableMqConfigurationException(
                        "The broker at " + endpoints + " has not answered for " + properties.brokerTimeout()
                                + ", and reliable-mq.startup.broker=required.",
                        "Start the broker, correct reliable-mq.rocketmq.endpoints (with client=remoting: name-server), or set"
                                + " reliable-mq.startup.broker=optional to start without it.");
            }
            Thread.sleep(250);
        }
    }
}
