package io.reliablemq.autoconfigure.endpoint;

import io.reliablemq.consumer.DeadLetters;
import io.reliablemq.consumer.ListenerRegistry;
import io.reliablemq.consumer.ListenerStatus;
import io.reliablemq.doctor.Doctor;
import io.reliablemq.outbox.relay.OutboxRelay;
import io.reliablemq.outbox.spi.OutboxStore;
import io.reliablemq.outbox.spi.OutboxView;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All at a glance: what this instance does, and what is in the database of all. Each part may be missing. */
record Overview(
        @Nullable OutboxRelay relay,
        @Nullable Tables outbox,
        @Nullable DeadLetters letters,
        @Nullable ListenerRegistry listeners,
        @Nullable Doctor doctor) {

    /** The outbox in the database. */
    record Tables(OutboxStore store, OutboxView view) {}

    record DoctorView(String summary, String guarantees) {}

    /** What is in memory is told also when the database is away. */
    Map<String, Object> seen(List<String> sections) {
        Map<String, Object> all = new TreeMap<>();
        all.put("sections", sections);
        if (relay != null) {
            all.put("relay", relay.status());
        }
        if (listeners != null) {
            all.put("listeners", states(listeners.list()));
        }
        if (doctor != null) {
            doctor.latest().ifPresent(found -> all.put("doctor", new DoctorView(found.summary(), found.guarantees())));
        }
        return all;
    }

    private static Map<String, ListenerStatus.State> states(List<ListenerStatus> all) {
        Map<String, ListenerStatus.State> states = new TreeMap<>();
        all.forEach(status -> states.put(status.id(), status.state()));
        return states;
    }

    /** What has to be read. */
    Map<String, Object> stored() {
        Map<String, Object> all = new TreeMap<>();
        if (outbox != null) {
            all.put("outbox", outbox.store().backlog());
            all.put("processes", processes(outbox.view().ownership()));
        }
        if (letters != null) {
            all.put("openDeadLetters", letters.count(DeadLetters.Letters.all()));
        }
        return all;
    }

    private static List<Map<String, Object>> processes(OutboxView.Ownership ownership) {
        return ownership.owners().stream()
                .map(owner -> Map.<String, Object>of(
                        "name",
                        owner.name(),
                        "node",
                        owner.node(),
                        "lanes",
                        owner.lanes().size()))
                .toList();
    }
}
