package io.reliablemq.autoconfigure;

import io.reliablemq.autoconfigure.ReconciliationProperties.Group;
import io.reliablemq.consumer.container.ListenerContainers;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.reconciliation.ExpectedGroup;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which groups are compared: those that are configured, or else those of the listeners here, which may come and go.
 *
 * @param listeners null where this application has none
 * @param dedupWindow of groups of which nobody says
 */
record ReconciledGroups(List<Group> configured, @Nullable ListenerContainers listeners, Duration dedupWindow) {

    List<ExpectedGroup> now() {
        return configured.isEmpty()
                ? own().values().stream().map(ReconciledGroups::of).toList()
                : configured.stream().map(this::named).toList();
    }

    /** @throws ReliableMqConfigurationException when nobody says which topic a group consumes */
    void check() {
        for (Group group : configured) {
            if (group.topic() == null && !own().containsKey(group.name())) {
                throw new ReliableMqConfigurationException(
                        "reliable-mq.reconciliation.groups names " + group.name()
                                + " without a topic, and no listener of this application consumes in that group.",
                        "Set the topic of that group, or correct its name.");
            }
        }
    }

    /** Those that drain the broker's dead letters have no messages of their own. */
    private Map<String, ListenerEndpoint> own() {
        Map<String, ListenerEndpoint> all = new LinkedHashMap<>();
        if (listeners != null) {
            listeners.list().stream()
                    .map(status -> listeners.ofGroup(status.consumerGroup()))
                    .flatMap(Optional::stream)
                    .filter(endpoint -> !endpoint.subscription().topic().startsWith("%DLQ%"))
                    .forEach(endpoint -> all.put(endpoint.subscription().group(), endpoint));
        }
        return all;
    }

    private static ExpectedGroup of(ListenerEndpoint endpoint) {
        boolean sql = endpoint.subscription().sql();
        return new ExpectedGroup(
                endpoint.subscription().group(),
                endpoint.subscription().topic(),
                sql ? Set.of() : ExpectedGroup.tags(endpoint.subscription().filter()),
                endpoint.policy().dedupWindow(),
                incomparable(endpoint));
    }

    private static @Nullable String incomparable(ListenerEndpoint endpoint) {
        if (endpoint.policy().keyed()) {
            return "its listener has a key of its own, so that messages with different ids may share one record. Compare"
                    + " by that key where the effects are";
        }
        return endpoint.subscription().sql()
                ? "its listener filters by SQL, so nobody here can say which messages it should see. Compare a group"
                        + " that filters by tags"
                : null;
    }

    private ExpectedGroup named(Group group) {
        ListenerEndpoint endpoint = own().get(group.name());
        if (endpoint != null) {
            return of(endpoint);
        }
        Duration window = group.dedupWindow();
        String topic = group.topic();
        return new ExpectedGroup(
                group.name(),
                topic == null ? "" : topic,
                ExpectedGroup.tags(group.tags()),
                window == null ? dedupWindow : window,
                topic == null ? "its listener is gone from this application, and no topic is configured" : null);
    }
}
