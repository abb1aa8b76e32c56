package io.reliablemq.outbox.spi;

import java.time.Instant;
import java.util.List;

/**
 * What the relay of this process does right now, for health and operators.
 *
 * @param lanes how many lanes this process owns
 * @param held messages in memory
 * @param inFlight sends without an answer
 * @param outages topics whose sends do not get through at the moment
 */
public record RelayStatus(boolean running, int lanes, int held, int inFlight, List<Outage> outages) {

    /** @param lastError what the last attempt said */
    public record Outage(String topic, Instant since, String lastError) {}
}
