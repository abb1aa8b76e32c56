package io.reliablemq.autoconfigure;

import io.reliablemq.doctor.database.ExpectedTables;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The tables that the scripts in db/reliable-mq make on every database, and their indexes besides primary keys. */
enum OwnTables {
    OUTBOX,
    INBOX;

    private static final Set<String> NONE = Set.of();

    /** In the order in which they are looked for. */
    List<String> names() {
        return List.copyOf(indexes().keySet());
    }

    /** Those of both parts, of one, or of none. */
    static ExpectedTables expected(boolean outbox, boolean inbox) {
        Map<String, Set<String>> indexes = new HashMap<>();
        if (outbox) {
            indexes.putAll(OUTBOX.indexes());
        }
        if (inbox) {
            indexes.putAll(INBOX.indexes());
        }
        return new ExpectedTables(indexes);
    }

    private Map<String, Set<String>> indexes() {
        return this == OUTBOX ? ofOutbox() : ofInbox();
    }

    private static Map<String, Set<String>> ofOutbox() {
        Map<String, Set<String>> indexes = new LinkedHashMap<>();
        indexes.put("reliable_mq_outbox", NONE);
        indexes.put(
                "reliable_mq_outbox_parked",
                Set.of(
                        "reliable_mq_outbox_parked_id",
                        "reliable_mq_outbox_parked_key",
                        "reliable_mq_outbox_parked_message",
                        "reliable_mq_outbox_parked_order"));
        indexes.put("reliable_mq_outbox_due", Set.of("reliable_mq_outbox_due_move"));
        indexes.put("reliable_mq_outbox_archive", Set.of("reliable_mq_outbox_archive_time"));
        indexes.put("reliable_mq_outbox_audit", NONE);
        indexes.put("reliable_mq_outbox_lane", NONE);
        indexes.put("reliable_mq_outbox_node", NONE);
        indexes.put("reliable_mq_outbox_setting", NONE);
        indexes.put("reliable_mq_outbox_topic", NONE);
        return indexes;
    }

    private static Map<String, Set<String>> ofInbox() {
        Map<String, Set<String>> indexes = new LinkedHashMap<>();
        indexes.put("reliable_mq_inbox", Set.of("reliable_mq_inbox_age"));
        indexes.put("reliable_mq_inbox_failure", Set.of("reliable_mq_inbox_failure_age"));
        indexes.put("reliable_mq_dead_letter", Set.of("reliable_mq_dead_letter_open", "reliable_mq_dead_letter_state"));
        indexes.put("reliable_mq_inbox_audit", NONE);
        indexes.put("reliable_mq_inbox_horizon", NONE);
        return indexes;
    }
}
