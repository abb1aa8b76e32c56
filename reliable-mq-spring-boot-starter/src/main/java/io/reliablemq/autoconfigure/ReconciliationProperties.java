package io.reliablemq.autoconfigure;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The comparison of what the outbox has sent with what consumer groups have seen.
 *
 * @param enabled Whether it is made from time to time, by one instance at a time. On demand it can always be made.
 * @param interval Time from the end of one comparison to the beginning of the next.
 * @param window Length of the range of time that is compared; it ends the grace time ago.
 * @param grace Time for which a message may be on its way after the broker has stored it. Longer than the largest backlog of the
 *     listeners, or what waits at the broker is called missing.
 * @param lateAfter Time after which a message that was applied is called late.
 * @param named Messages of each kind and group that a report names; all are counted.
 * @param groups Consumer groups to compare with. Where none is named, those of this application's listeners.
 * @param inboxDataSource Name of the DataSource bean with the groups' inbox, where that is not the outbox's.
 */
@ConfigurationProperties("reliable-mq.reconciliation")
record ReconciliationProperties(
        @DefaultValue("false") boolean enabled,
        @DefaultValue("1h") Duration interval,
        @DefaultValue("1d") Duration window,
        @DefaultValue("15m") Duration grace,
        @DefaultValue("10m") Duration lateAfter,
        @DefaultValue("1000") int named,
        @DefaultValue List<Group> groups,
        @Nullable String inboxDataSource) {

    /**
     * @param name Name of the consumer group.
     * @param topic Topic that it consumes. Can be left out where this application has a listener of the group.
     * @param tags Tags that it consumes, such as created || paid. All of them where it is left out.
     * @param dedupWindow Time for which its application keeps dedup records. Where it is left out, as here.
     */
    record Group(
            String name,
            @Nullable String topic,
            @DefaultValue("*") String tags,
            @Nullable Duration dedupWindow) {}

    /** @throws ReliableMqConfigurationException naming the property */
    ReconciliationProperties checked() {
        within("interval", interval, Duration.ofMillis(100));
        within("window", window, Duration.ofSeconds(1));
        within("grace", grace, Duration.ZERO);
        within("late-after", lateAfter, Duration.ZERO);
        if (named < 0 || named > 100_000) {
            throw mistake("named", named, "0 to 100000");
        }
        for (int i = 0; i < groups.size(); i++) {
            if (groups.get(i).name().isBlank()) {
                throw mistake("groups[" + i + "].name", "''", "the name of a consumer group");
            }
        }
        return this;
    }

    private static void within(String name, Duration value, Duration least) {
        if (value.compareTo(least) < 0 || value.compareTo(Duration.ofDays(366)) > 0) {
            throw mistake(name, value, least + " to 366d");
        }
    }

    private static ReliableMqConfigurationException mistake(String name, Object value, String allowed) {
        String property = "reliable-mq.reconciliation." + name;
        return new ReliableMqConfigurationException(
                property + " is " + value + ": it must be " + allowed + ".", "Correct the property " + property);
    }
}
