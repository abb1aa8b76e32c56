package io.reliablemq.broker.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Three brokers, one of which becomes the master when the master dies. */
@EnabledOnOs(OS.LINUX)
class FailoverTests {

    private static final int ROUNDS = Integer.getInteger("reliable-mq.failover.rounds", 1);
    /** More than are on their way at a time. */
    private static final int REFUSALS = 20;

    @TempDir
    Path directory;

    @Test
    void losesNothingThatItAcknowledgedWhenTheMasterIsKilled() throws Exception {
        EmbeddedBrokerSettings settings = EmbeddedBrokerSettings.in(directory.resolve("data"))
                .withMode(BrokerMode.PROCESSES)
                .withReplicas(3)
                .withTopics(TopicDeclaration.normal("orders"))
                .withGroups(GroupDeclaration.concurrent("shop"));
        long began = System.nanoTime();
        try (EmbeddedBroker broker = EmbeddedBroker.start(settings);
                Client client = new Client(broker.endpoints())) {
            Figures.report("cold start, three replicas", began);
            Load load = new Load(client.producer("orders"), "orders");
            try (load) {
                killMasters(broker.faults(), load);
                acknowledgesNothingThatOneCopyHas(broker.faults(), load);
            }
            Client.receive(client.consumer("shop", "orders"), load.acknowledged());
            began = System.nanoTime();
        }
        Figures.report("close of three replicas", began);
    }

    private static void killMasters(BrokerFaults faults, Load load) throws Exception {
        List<Long> gaps = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            load.awaitMore(200);
            load.longestGap();
            faults.kill(BrokerPart.MASTER);
            load.awaitMore(200);
            gaps.add(load.longestGap().toMillis());
            faults.restart(BrokerPart.MASTER);
        }
        System.out.printf("FIGURE gaps after kill -9 of the master: %s ms%n", gaps);
    }

    /** RocketMQ itself acknowledges what is on its way when it takes the replicas off its list, 3 s after they stopped. */
    private static void acknowledgesNothingThatOneCopyHas(BrokerFaults faults, Load load) throws Exception {
        load.awaitMore(50);
        faults.pause(BrokerPart.REPLICA);
        faults.pause(BrokerPart.REPLICA);
        long last = load.lastBegun();
        load.awaitRefusals(REFUSALS);
        assertThat(load.acknowledgedAfter(last)).isEmpty();
        faults.resume(BrokerPart.REPLICA);
        faults.resume(BrokerPart.REPLICA);
        load.awaitMore(50);
    }
}
