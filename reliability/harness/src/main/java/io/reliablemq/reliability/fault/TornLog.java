package io.reliablemq.reliability.fault;

import io.reliablemq.reliability.system.BrokerUnderTest;
import java.util.OptionalLong;

/** kill -9 of the broker, and what a power cut leaves at the end of its log besides. */
record TornLog(BrokerUnderTest broker, int choice) implements Fault {

    @Override
    public String target() {
        return broker.jvm().name();
    }

    @Override
    public OptionalLong strike() throws Exception {
        OptionalLong struck = killed().strike();
        return struck.isPresent() && new TornTail(broker.directory()).tear(choice) >= 0 ? struck : OptionalLong.empty();
    }

    @Override
    public void heal() throws Exception {
        killed().heal();
    }

    private KilledProcess killed() {
        return new KilledProcess(broker.jvm());
    }
}
