package io.reliablemq.autoconfigure;

import io.reliablemq.doctor.broker.ClusterAddress;
import io.reliablemq.doctor.broker.ClusterInspection;
import io.reliablemq.doctor.broker.ClusterMeasurement;
import io.reliablemq.doctor.broker.MessageSearch;
import io.reliablemq.doctor.database.DatabaseInspection;
import io.reliablemq.doctor.database.SentTopics;
import io.reliablemq.doctor.examination.Source;
import io.reliablemq.doctor.facts.Answer;
import io.reliablemq.doctor.facts.Answer.Known;
import io.reliablemq.doctor.facts.Answer.Unknown;
import io.reliablemq.doctor.facts.ApplicationFacts;
import io.reliablemq.doctor.facts.ClusterFacts;
import io.reliablemq.doctor.facts.ClusterFigures;
import io.reliablemq.doctor.facts.ClusterFigures.Reader;
import io.reliablemq.doctor.facts.DatabaseFacts;
import io.reliablemq.reconciliation.Broker;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Whom the doctor asks. */
record DoctorSources(
        RocketMqConnectionDetails details,
        RocketMqProperties rocketMq,
        DoctorProperties doctor,
        @Nullable MessagingDataSource dataSource,
        @Nullable SentTopics sentTopics) {

    /** Null where the application has neither outbox nor inbox. */
    @Nullable
    Source<DatabaseFacts> database(boolean outbox, boolean inbox) {
        if (dataSource == null) {
            return null;
        }
        DatabaseInspection inspection =
                new DatabaseInspection(dataSource.value(), OwnTables.expected(outbox, inbox), doctor.timeout());
        return () -> {
            if (outbox && sentTopics != null) {
                sentTopics.read();
            }
            return new Known<>(inspection.inspect());
        };
    }

    private @Nullable String nameServer() {
        String nameServer = details.nameServer() != null ? details.nameServer() : rocketMq.nameServer();
        return nameServer == null || nameServer.isBlank() ? null : nameServer;
    }

    /** Without a name server there is nothing to be seen; of groups in a namespace it is not known here what brokers call them. */
    Function<List<Reader>, ClusterFigures> figures() {
        String nameServer = nameServer();
        if (nameServer == null) {
            return readers -> ClusterFigures.NONE;
        }
        ClusterMeasurement measurement = new ClusterMeasurement(
                new ClusterAddress(nameServer, doctor.cluster()),
                doctor.timeout().dividedBy(4));
        boolean namespaced = !rocketMq.namespace().isBlank();
        return readers -> measurement.measure(namespaced ? List.of() : readers);
    }

    Broker broker() {
        String nameServer = nameServer();
        if (nameServer == null || !rocketMq.namespace().isBlank()) {
            return Broker.UNSEEN;
        }
        MessageSearch search = new MessageSearch(
                new ClusterAddress(nameServer, doctor.cluster()),
                doctor.timeout().dividedBy(4));
        return (topic, ids) -> {
            Map<UUID, Boolean> known = new HashMap<>();
            search.find(topic, ids.stream().map(UUID::toString).toList())
                    .forEach((id, has) -> known.put(UUID.fromString(id), has));
            return known;
        };
    }

    Function<ApplicationFacts, Answer<ClusterFacts>> cluster() {
        String nameServer = nameServer();
        if (nameServer == null) {
            return application -> new Unknown<>(
                    "it is not configured, and what the broker's acknowledgement is worth cannot be seen through its"
                            + " gRPC endpoints",
                    "Set reliable-mq.rocketmq.name-server to the host:port of the cluster's name servers, or switch the"
                            + " doctor off with reliable-mq.doctor.enabled=false");
        }
        // one that hangs must leave time for the others
        Duration each = doctor.timeout().dividedBy(4);
        ClusterInspection inspection = new ClusterInspection(
                new ClusterAddress(nameServer, doctor.cluster()),
                each,
                !rocketMq.namespace().isBlank());
        return application -> inspection.inspect(withSentTopics(application));
    }

    private ApplicationFacts withSentTopics(ApplicationFacts application) {
        return application.relay() == null || sentTopics == null
                ? application
                : application.withTopics(sentTopics.latest());
    }
}
