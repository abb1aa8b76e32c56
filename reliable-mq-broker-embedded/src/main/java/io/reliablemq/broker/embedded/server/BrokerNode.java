package io.reliablemq.broker.embedded.server;

import java.nio.file.Files;
import java.time.Duration;
import java.util.Properties;
import org.apache.rocketmq.broker.BrokerController;
import org.apache.rocketmq.store.DefaultMessageStore;

/** One RocketMQ broker. */
final class BrokerNode implements PromptShutdown.Step {

    private static final Duration REGISTER_WITHIN = Duration.ofSeconds(60);

    private final BrokerSettings settings;
    private final StrictBrokerController controller;

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
        // there are no indexes; but every send that finds the disk full measures it there, and logs an error where
        // nothing is
        Files.createDirectories(settings.directory().resolve("index"));
        controller.getConfiguration().registerConfig(new Properties());
        // RocksDB's log goes to the user's home, whatever the settings say
        String home = settings.server().dataDirectory().toString();
        if (!BorrowedProperty.with("user.home", home, controller::initialize)) {
            throw new IllegalStateException("'%s' could not be initialised from '%s': look for rocketmq.* in the log"
                    .formatted(settings.seat().name(), settings.directory()));
        }
        controller.start();
        new DiskWatch(store()).start();
        if (!settings.server().isControlled()) {
            register();
        }
    }

    void shutdown() {
        // else each of its queues is read for two more seconds; what is left unread there is read after the next start
        controller.getAckMessageProcessor().setPopReviveServiceStatus(false);
        controller.revival().close();
        controller.shutdown();
    }

    @Override
    public void run() {
        shutdown();
    }

    @Override
    public boolean isIdle() {
        return controller.isIdle();
    }

    FullDisk disk() {
        return controller.disk();
    }

    BrokerController controller() {
        return controller;
    }

    DefaultMessageStore store() {
        return (DefaultMessageStore) controller.getMessageStore();
    }

    Routes routes() {
        return new Routes(controller.getBrokerOuterAPI(), settings.brokerName());
    }

    /** What clients know it by. */
    String name() {
        return settings.brokerName();
    }

    String address() {
        return settings.address();
    }

    /** The registration at start is skipped while the client scans for name servers; the next one is 10 s later. */
    void register() {
        Await.until("registration of " + settings.seat().name(), REGISTER_WITHIN, () -> {
            if (!routes().know(address())) {
                controller.registerBrokerAll(true, false, true);
            }
            return routes().know(address());
        });
    }
}
