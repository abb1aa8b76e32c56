package io.reliablemq.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

/**
 * Where the broker is. Taken from the embedded broker or from {@code reliable-mq.rocketmq.*}, unless there is a bean of this
 * type.
 */
public interface RocketMqConnectionDetails extends ConnectionDetails {

    /** Addresses of gRPC proxies, {@code host:port} separated by semicolons; empty where the client is remoting. */
    String endpoints();

    /**
     * Addresses of name servers, {@code host:port} separated by semicolons, for the client remoting and the doctor; null where neither
     * shall ask any.
     */
    default @Nullable String nameServer() {
        return null;
    }

    default @Nullable String accessKey() {
        return null;
    }

    default @Nullable String secretKey() {
        return null;
    }
}
