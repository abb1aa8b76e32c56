package io.reliablemq.broker.embedded.server;

import java.nio.file.Files;
import java.time.Duration;
import java.util.Properties;
import org.apache.rocketmq.broker.BrokerController;
import org.apache.rocketmq.store.DefaultMessageStore;

/** One RocketMQ broker. */
final class BrokerNode {

    private static final Duration REGISTER_WITHIN = Duration.ofSeconds(15);

    private final BrokerSettings settings;
    private final BrokerController controller;

    BrokerNode(BrokerSettings settings) {
        this.settings = settings;
        this.controller = new StrictBrokerController(
                settings.brokerConfig(),
                settings.nettyServerConfig(),
                settings.nettyClientConfig(),
                new StoreSettings(settings).config(),
                settings.authConfig());
    }

    void start() throws Exception {
        Files.createDirectories(settings.directory());
        controller.getConfiguration().registerConfig(new Properties());
        // RocksDB's log goes to the user's home, whatever the settings say
        String home = settings.server().dataDirectory().toString();
        if (!BorrowedProperty.with("user.home", home, controller::initialize)) {
            throw new IllegalStateException(
                    "broker %d could not be initialised from '%s': look for rocketmq.* in the log"
                            .formatted(settings.brokerId(), settings.directory()));
        }
        controller.start();
        if (!settings.server().isControlled()) {
            register();
        }
    }

    void shutdown() {
        controller.shutdown();
    }

    BrokerController controller() {
        return controller;
    }

    DefaultMessageStore store() {
        return (DefaultMessageStore) controller.getMessageStore();
    }

    Routes routes() {
        return new Routes(controller.getBrokerOuterAPI());
    }

    String address() {
        return settings.address();
    }

    /** The registration at start is skipped while the client scans for name servers; the next one is 10 s later. */
    void register() {
        Await.until("registration of broker " + settings.brokerId(), REGISTER_WITHIN, () -> {
            if (!routes().know(address())) {
                controller.registerBrokerAll(true, false, true);
            }
            return routes().know(address());
        });
    }
}
