package io.reliablemq.broker.embedded.server;

import org.apache.rocketmq.remoting.protocol.subscription.SubscriptionGroupConfig;

/** Makes declared consumer groups exist. */
final class Groups {

    private final BrokerNode master;

    Groups(BrokerNode master) {
        this.master = master;
    }

    void declare(GroupSpec group) {
        SubscriptionGroupConfig config = new SubscriptionGroupConfig();
        config.setGroupName(group.name());
        config.setConsumeMessageOrderly(group.fifo());
        config.setRetryMaxTimes(group.retryMaxTimes());
        master.controller().getSubscriptionGroupManager().updateSubscriptionGroupConfig(config);
    }
}
