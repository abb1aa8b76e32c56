package io.reliablemq.rocketmq;

import io.reliablemq.rocketmq.wire.Addresses;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How to reach a RocketMQ 5 cluster, through its gRPC proxies. Start with {@link #at} and change what differs.
 *
 * <p><b>TLS</b>: rocketmq-client-java 5.2.0 encrypts but trusts <i>any</i> certificate and offers no hook to verify one. So
 * {@code tls} keeps out a passive listener only; whoever can redirect the connection can read and forge messages. The
 * connection says so once in the log. Where that matters, use a private network or a local TLS tunnel that verifies.
 *
 * <p><b>Attempts</b>: always 1, because the relay resends by itself, under the same message id and with back-off. The
 * client would repeat every failed request at once, refusals too, which multiplies the load on a broker in trouble, and an
 * outcome would no longer speak of one request.
 *
 * @param endpoints {@code host:port}, several separated by semicolons
 * @param namespace the cluster's resource namespace, empty for none
 * @param accessKey null for no authentication; then {@code secretKey} is null too
 * @param tls whether to encrypt; see above for what it does not do
 * @param requestTimeout of one request, 100 ms to 1 minute; 3 s by default. Keep it above the broker's replica time-out
 * @param awaitDuration how long one receive waits for messages, 1 to 20 s; the proxy waits 5 s at least
 * @param maxDelay the longest delay that the proxy accepts ({@code maxDelayTimeMills} there), 1 day by default
 */
public record RocketMqSettings(
        String endpoints,
        String namespace,
        @Nullable String accessKey,
        @Nullable String secretKey,
        boolean tls,
        Duration requestTimeout,
        Duration awaitDuration,
        Duration maxDelay) {

    /** The proxy refuses a long poll with less time left than that. */
    private static final Duration SHORTEST_POLL = Duration.ofMillis(5_500);

    public RocketMqSettings {
        Addresses.check("endpoints", endpoints, "name the gRPC proxies, for example \"10.0.0.1:8081;10.0.0.2:8081\"");
        if ((accessKey == null) != (secretKey == null)) {
            throw new IllegalArgumentException("access-key and secret-key belong together, but "
                    + (accessKey == null ? "access-key" : "secret-key") + " is missing: set both or none");
        }
        checkRange("request-timeout", requestTimeout, Duration.ofMillis(100), Duration.ofMinutes(1));
        checkRange("await-duration", awaitDuration, Duration.ofSeconds(1), Duration.ofSeconds(20));
        if (awaitDuration.plus(requestTimeout).compareTo(SHORTEST_POLL) < 0) {
            throw new IllegalArgumentException("await-duration (" + text(awaitDuration) + ") and request-timeout ("
                    + text(requestTimeout) + ") are together less than 5500 ms, and the proxy refuses to receive for"
                    + " less than 5 s: raise await-duration");
        }
        checkRange("max-delay", maxDelay, Duration.ZERO, Duration.ofDays(365));
    }

    /** No credentials, no TLS, the defaults that the components name. */
    public static RocketMqSettings at(String endpoints) {
        return new RocketMqSettings(
                endpoints, "", null, null, false, Duration.ofSeconds(3), Duration.ofSeconds(5), Duration.ofDays(1));
    }

    public RocketMqSettings withNamespace(String value) {
        return new RocketMqSettings(
                endpoints, value, accessKey, secretKey, tls, requestTimeout, awaitDuration, maxDelay);
    }

    public RocketMqSettings withCredentials(String access, String secret) {
        return new RocketMqSettings(endpoints, namespace, access, secret, tls, requestTimeout, awaitDuration, maxDelay);
    }

    public RocketMqSettings withTls(boolean value) {
        return new RocketMqSettings(
                endpoints, namespace, accessKey, secretKey, value, requestTimeout, awaitDuration, maxDelay);
    }

    public RocketMqSettings withRequestTimeout(Duration value) {
        return new RocketMqSettings(endpoints, namespace, accessKey, secretKey, tls, value, awaitDuration, maxDelay);
    }

    public RocketMqSettings withAwaitDuration(Duration value) {
        return new RocketMqSettings(endpoints, namespace, accessKey, secretKey, tls, requestTimeout, value, maxDelay);
    }

    public RocketMqSettings withMaxDelay(Duration value) {
        return new RocketMqSettings(
                endpoints, namespace, accessKey, secretKey, tls, requestTimeout, awaitDuration, value);
    }

    private static void checkRange(String name, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(
                    name + " is " + text(value) + ": set " + text(least) + " to " + text(most));
        }
    }

    private static String text(Duration value) {
        return value.toMillis() + " ms";
    }

    /** For logs: says whether there are credentials, never what they are. */
    @Override
    public String toString() {
        return "RocketMqSettings[endpoints=" + endpoints + ", namespace=" + namespace + ", credentials="
                + (accessKey == null ? "none" : "***") + ", tls=" + tls + ", requestTimeout=" + requestTimeout
                + ", awaitDuration=" + awaitDuration + ", maxDelay=" + maxDelay + "]";
    }
}
