package io.reliablemq.broker.embedded.server;

import java.io.IOException;
import org.apache.rocketmq.store.DefaultMessageStore;
import org.apache.rocketmq.store.ha.DefaultHAService;

/**
 * Takes replicas on loopback; the original listens on every address and has no setting for it. RocketMQ finds this class
 * through {@code META-INF/service/org.apache.rocketmq.store.ha.HAService} ("service": so RocketMQ spells it).
 */
public final class LoopbackHAService extends DefaultHAService {

    /** Called by RocketMQ through reflection. */
    public LoopbackHAService() {}

    @Override
    public void init(DefaultMessageStore store) throws IOException {
        super.init(store);
        Loopback.listen(acceptSocketService, store);
    }
}
