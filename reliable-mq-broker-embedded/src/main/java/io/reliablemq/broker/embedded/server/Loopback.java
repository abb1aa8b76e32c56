package io.reliablemq.broker.embedded.server;

import java.io.IOException;
import java.lang.reflect.Field;
import org.apache.rocketmq.store.DefaultMessageStore;

/** Makes the replication port of an HA service listen on loopback; it has no setting for that. */
final class Loopback {

    private Loopback() {}

    static void listen(Object acceptSocketService, DefaultMessageStore store) throws IOException {
        try {
            Field address = acceptSocketService.getClass().getSuperclass().getDeclaredField("socketAddressListen");
            address.setAccessible(true);
            int port = store.getMessageStoreConfig().getHaListenPort();
            address.set(acceptSocketService, Ports.socketAddress(port));
        } catch (ReflectiveOperationException e) {
            throw new IOException(
                    "RocketMQ's HA service has changed: the replication port cannot be kept on loopback", e);
        }
    }
}
