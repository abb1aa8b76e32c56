package io.reliablemq.doctor.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.reliablemq.broker.embedded.BrokerMode;
import io.reliablemq.broker.embedded.BrokerPart;
import io.reliablemq.broker.embedded.EmbeddedBroker;
import io.reliablemq.broker.embedded.EmbeddedBrokerSettings;
import io.reliablemq.doctor.Finding;
import io.reliablemq.doctor.Finding.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A cluster whose master is elected by a controller. */
class ElectedClusterTests {

    private static final Duration FAILOVER = Duration.ofSeconds(90);

    @Test
    void isRightUntilSomebodyChangesItAndAfterItsMasterHasDied(@TempDir(cleanup = CleanupMode.NEVER) Path folder)
            throws IOException {
        try (EmbeddedBroker broker = EmbeddedBroker.start(
                EmbeddedBrokerSettings.in(folder).withMode(BrokerMode.PROCESSES).withReplicas(3))) {
            BrokerCluster cluster = new BrokerCluster(broker);
            Awaitility.await()
                    .atMost(FAILOVER)
                    .untilAsserted(() -> assertThat(cluster.examine().notOk()).isEmpty());
            assertThat(cluster.brokers()).hasSize(3);

            namesWhatIsWrong(cluster, "allAckInSyncStateSet", "false");
            namesWhatIsWrong(cluster, "minInSyncReplicas", "1");

            String master = cluster.master().address();
            broker.faults().kill(BrokerPart.MASTER);
            Awaitility.await().atMost(FAILOVER).untilAsserted(() -> {
                assertThat(cluster.master().address()).isNotEqualTo(master);
                // by its two copies; a broker that has not come back yet is not known, or unknown
                assertThat(cluster.examine().with(Status.FAIL)).isEmpty();
            });
        }
    }

    private static void namesWhatIsWrong(BrokerCluster cluster, String setting, String value) throws IOException {
        String right = cluster.set(setting, value);
        assertThat(cluster.examine().notOk())
                .extracting(Finding::rule, Finding::status)
                .containsExactly(tuple("in-sync-replicas", Status.FAIL));
        cluster.set(setting, right);
    }
}
