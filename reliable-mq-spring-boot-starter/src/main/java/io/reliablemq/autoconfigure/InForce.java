package io.reliablemq.autoconfigure;

import io.reliablemq.consumer.container.ListenerContainers;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.doctor.Doctor;
import io.reliablemq.doctor.Findings;
import io.reliablemq.outbox.SendMode;
import io.reliablemq.outbox.spi.LaneLayout;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;

/** What is promised by this application as it is configured, and by what: for people, without addresses and credentials. */
class InForce {

    private final Parts parts;
    private volatile @Nullable String database;

    /** Each of them may be missing. */
    record Parts(
            ObjectProvider<MessagingDataSource> dataSource,
            ObjectProvider<OutboxProperties> outbox,
            ObjectProvider<CurrentLayout> layout,
            ObjectProvider<ListenerContainers> listeners,
            ObjectProvider<RocketMqConnectionDetails> broker,
            ObjectProvider<Doctor> doctor) {}

    InForce(Parts parts) {
        this.parts = parts;
    }

    static String version() {
        String version = InForce.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    /** What follows from the configuration; what broker and database are worth the doctor says. */
    List<String> guarantees() {
        List<String> all = new ArrayList<>();
        outbox().ifPresent(outbox -> {
            all.add(
                    "a message of the outbox is sent if and only if its transaction commits, at least once, until the broker has stored it");
            all.add(
                    outbox.archiving()
                            ? "sent messages are kept for " + outbox.checkedRetention() + " and can be replayed"
                            : "sent messages are not kept");
            if (outbox.checkedMode() == SendMode.DIRECT) {
                all.add(
                        "messages without a mode, an order or a delay go past the outbox (reliable-mq.outbox.mode=direct): a crash"
                                + " loses those in memory, and so does a broker that is away for long");
            }
            if (!outbox.relay().enabled()) {
                all.add("this instance only writes: another one has to send");
            }
        });
        for (ListenerEndpoint listener : listeners()) {
            all.add("listener " + listener.id() + " applies each message of "
                    + listener.subscription().topic() + " once within "
                    + listener.policy().dedupWindow());
        }
        all.add(ofTheDoctor());
        return all;
    }

    private String ofTheDoctor() {
        Doctor doctor = parts.doctor().getIfAvailable();
        if (doctor == null) {
            return "nobody looks whether broker and database keep it (reliable-mq.doctor.enabled=false)";
        }
        return doctor.latest().map(Findings::guarantees).orElse("the doctor has not looked at broker and database yet");
    }

    Map<String, Object> details() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("version", version());
        all.put("guarantees", guarantees());
        String known = database();
        if (known != null) {
            all.put("database", known);
        }
        outbox().ifPresent(outbox -> all.put("outbox", of(outbox)));
        all.put("listeners", listeners().stream().map(InForce::of).toList());
        parts.broker().ifAvailable(broker -> all.put("broker", of(broker)));
        return all;
    }

    private Optional<OutboxProperties> outbox() {
        return parts.layout().getIfAvailable() == null
                ? Optional.empty()
                : Optional.ofNullable(parts.outbox().getIfAvailable());
    }

    private Map<String, Object> of(OutboxProperties outbox) {
        CurrentLayout layout = parts.layout().getObject();
        LaneLayout lanes = layout.get();
        return Map.of(
                "relays", outbox.relay().enabled(),
                "lanes", lanes.lanes(),
                "retention", outbox.checkedRetention().toString());
    }

    private List<ListenerEndpoint> listeners() {
        ListenerContainers containers = parts.listeners().getIfAvailable();
        return containers == null
                ? List.of()
                : containers.list().stream()
                        .map(status -> containers.ofGroup(status.consumerGroup()))
                        .flatMap(Optional::stream)
                        .filter(endpoint -> !endpoint.subscription().topic().startsWith("%DLQ%"))
                        .distinct()
                        .toList();
    }

    private static Map<String, Object> of(ListenerEndpoint listener) {
        return Map.of(
                "id", listener.id(),
                "topic", listener.subscription().topic(),
                "consumerGroup", listener.subscription().group(),
                "ordered", listener.subscription().ordered(),
                "dedupWindow", listener.policy().dedupWindow().toString());
    }

    private static Map<String, Object> of(RocketMqConnectionDetails broker) {
        return broker instanceof EmbeddedConnectionDetails embedded
                ? Map.of("embedded", true, "replicas", embedded.replicas())
                : Map.of("embedded", false);
    }

    /** Asked once; null while it does not answer. */
    private @Nullable String database() {
        MessagingDataSource dataSource = parts.dataSource().getIfAvailable();
        if (database == null && dataSource != null) {
            try (Connection connection = dataSource.value().getConnection()) {
                DatabaseMetaData is = connection.getMetaData();
                database = is.getDatabaseProductName() + " " + is.getDatabaseProductVersion();
            } catch (SQLException e) {
                return null;
            }
        }
        return database;
    }
}
