package io.reliablemq.rocketmq.remoting;

import io.reliablemq.rocketmq.wire.Addresses;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How to reach a RocketMQ 5 cluster through its name servers, with the classic client. Start with {@link #at} and change what
 * differs.
 *
 * <p><b>TLS</b>: the client encrypts and, by default, trusts any certificate. RocketMQ's system properties
 * {@code tls.test.mode.enable=false}, {@code tls.client.authServer=true} and {@code tls.client.trustCertPath} together make it verify the
 * servers' certificates, not their names; Netty has to be told that, too, by
 * {@code io.netty.handler.ssl.defaultEndpointVerificationAlgorithm=NONE}.
 *
 * <p><b>Attempts</b>: always 1, because the relay resends by itself, under the same message id and with back-off, and an outcome
 * must speak of one request.
 *
 * @param nameServer {@code host:port}, several separated by semicolons
 * @param namespace the cluster's namespace, empty for none
 * @param accessKey null for no authentication; then {@code secretKey} is null too
 * @param tls whether to encrypt; see above for what it does not do
 * @param requestTimeout of one request, 100 ms to 1 minute; 3 s by default. Keep it above the broker's replica time-out
 * @param awaitDuration how long one receive waits for messages, 1 to 20 s
 * @param maxDelay the longest delay that is accepted; the brokers' {@code timerMaxDelaySec} is 3 days by default
 * @param routeRefresh how often the name servers are asked where a topic is, 100 ms to 1 minute; 5 s by default. As long a
 *     failover may go unnoticed
 * @param batch how messages are put together
 * @param queueChange what becomes of a key whose queue is away
 * @param latencyFault whether unordered messages avoid a broker that was slow or failed, for a while
 *     ({@code sendLatencyFaultEnable})
 */
public record RemotingSettings(
        String nameServer,
        String namespace,
        @Nullable String accessKey,
        @Nullable String secretKey,
        boolean tls,
        Duration requestTimeout,
        Duration awaitDuration,
        Duration maxDelay,
        Duration routeRefresh,
        BatchSettings batch,
        QueueChange queueChange,
        boolean latencyFault) {

    public RemotingSettings {
        Addresses.check(
                "name-server", nameServer, "name the name servers, for example \"10.0.0.1:9876;10.0.0.2:9876\"");
        if ((accessKey == null) != (secretKey == null)) {
            throw new IllegalArgumentException("access-key and secret-key belong together, but "
                    + (accessKey == null ? "access-key" : "secret-key") + " is missing: set both or none");
        }
        checkRange("request-timeout", requestTimeout, Duration.ofMillis(100), Duration.ofMinutes(1));
        checkRange("await-duration", awaitDuration, Duration.ofSeconds(1), Duration.ofSeconds(20));
        checkRange("max-delay", maxDelay, Duration.ZERO, Duration.ofDays(365));
        checkRange("route-refresh", routeRefresh, Duration.ofMillis(100), Duration.ofMinutes(1));
    }

    /** No credentials, no TLS, the defaults that the components name. */
    public static RemotingSettings at(String nameServer) {
        return new RemotingSettings(
                nameServer,
                "",
                null,
                null,
                false,
                Duration.ofSeconds(3),
                Duration.ofSeconds(5),
                Duration.ofDays(1),
                Duration.ofSeconds(5),
                BatchSettings.DEFAULT,
                QueueChange.STRICT,
                false);
    }

    public RemotingSettings withNamespace(String value) {
        return new RemotingSettings(
                nameServer,
                value,
                accessKey,
                secretKey,
                tls,
                requestTimeout,
                awaitDuration,
                maxDelay,
                routeRefresh,
                batch,
                queueChange,
                latencyFault);
    }

    public RemotingSettings withCredentials(String access, String secret) {
        return new RemotingSettings(
                nameServer,
                namespace,
                access,
                secret,
                tls,
                requestTimeout,
                awaitDuration,
                maxDelay,
                routeRefresh,
                batch,
                queueChange,
                latencyFault);
    }

    public RemotingSettings withTls(boolean value) {
        return new RemotingSettings(
                nameServer,
                namespace,
                accessKey,
                secretKey,
                value,
                requestTimeout,
                awaitDuration,
                maxDelay,
                routeRefresh,
                batch,
                queueChange,
                latencyFault);
    }

    public RemotingSettings withRequestTimeout(Duration value) {
        return new RemotingSettings(
                nameServer,
                namespace,
                accessKey,
                secretKey,
                tls,
                value,
                awaitDuration,
                maxDelay,
                routeRefresh,
                batch,
                queueChange,
                latencyFault);
    }

    public RemotingSettings withRouteRefresh(Duration value) {
        return new RemotingSettings(
                nameServer,
                namespace,
                accessKey,
                secretKey,
                tls,
                requestTimeout,
                awaitDuration,
                maxDelay,
                value,
                batch,
                queueChange,
                latencyFault);
    }

    public RemotingSettings withBatch(BatchSettings value) {
        return new RemotingSettings(
                nameServer,
                namespace,
                accessKey,
                secretKey,
                tls,
                requestTimeout,
                awaitDuration,
                maxDelay,
                routeRefresh,
                value,
                queueChange,
                latencyFault);
    }

    public RemotingSettings withQueueChange(QueueChange value) {
        return new RemotingSettings(
                nameServer,
                namespace,
                accessKey,
                secretKey,
                tls,
                requestTimeout,
                awaitDuration,
                maxDelay,
                routeRefresh,
                batch,
                value,
                latencyFault);
    }

    private static void checkRange(String name, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(name + " is " + value.toMillis() + " ms: set " + least.toMillis()
                    + " ms to " + most.toMillis() + " ms");
        }
    }

    /** For logs: says whether there are credentials, never what they are. */
    @Override
    public String toString() {
        return "RemotingSettings[nameServer=" + nameServer + ", namespace=" + namespace + ", credentials="
                + (accessKey == null ? "none" : "***") + ", tls=" + tls + ", requestTimeout=" + requestTimeout
                + ", awaitDuration=" + awaitDuration + ", maxDelay=" + maxDelay + ", routeRefresh=" + routeRefresh
                + ", batch=" + batch + ", queueChange=" + queueChange + ", latencyFault=" + latencyFault + "]";
    }
}
