package io.reliablemq.doctor.facts;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the application is configured to do.
 *
 * @param copies disks that a message has to be on when the broker acknowledges it
 * @param requestTimeout how long it waits for the broker's answer
 * @param clockSkew how far the clocks of application and database may differ
 * @param groupsPrepared whether its consumer groups are created for it, and start from the earliest message
 * @param relay null where it does not send what is committed
 * @param topics to which it has sent, or will
 */
public record ApplicationFacts(
        int copies,
        Duration requestTimeout,
        Duration clockSkew,
        boolean groupsPrepared,
        @Nullable RelayFacts relay,
        Set<String> topics,
        List<ListenerFacts> listeners) {

    /** The same, which sends to these topics, too. */
    public ApplicationFacts withTopics(Set<String> more) {
        Set<String> all = new TreeSet<>(topics);
        all.addAll(more);
        return new ApplicationFacts(copies, requestTimeout, clockSkew, groupsPrepared, relay, all, listeners);
    }

    /**
     * The relay.
     *
     * @param retention how long sent messages are kept, zero for not at all
     */
    public record RelayFacts(Duration lease, Duration shutdownTimeout, Duration retention) {}
}
