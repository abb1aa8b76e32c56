package io.reliablemq.reconciliation;

import java.util.Collection;
import java.util.Map;
import java.util.UUID;

/** Whoever can be asked for messages that were sent. May take its time; must not throw. */
@FunctionalInterface
public interface Broker {

    /** Of whom nothing can be known. */
    Broker UNSEEN = (topic, ids) -> Map.of();

    /** True for messages that it has, false for those that it has not; what is not known is left out. */
    Map<UUID, Boolean> has(String topic, Collection<UUID> ids);
}
