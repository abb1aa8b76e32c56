package io.reliablemq.autoconfigure;

import io.reliablemq.consumer.ListenerRegistry;
import io.reliablemq.consumer.ListenerStatus;
import io.reliablemq.doctor.Doctor;
import io.reliablemq.doctor.Finding;
import io.reliablemq.doctor.Findings;
import io.reliablemq.outbox.relay.OutboxRelay;
import io.reliablemq.outbox.spi.RelayStatus;
import io.reliablemq.rocketmq.wire.RocketMqTransport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/**
 * UP, or DEGRADED while the broker or a listener's dependency is away, or the doctor's last word was a FAIL: nothing is lost then, and restarting the application would
 * not help, so it is neither DOWN nor part of liveness and readiness.
 */
class ReliableMqHealthIndicator extends AbstractHealthIndicator {

    static final Status DEGRADED = new Status("DEGRADED", "Messages wait; nothing is lost");
    private static final Status BROKEN = new Status(DEGRADED.getCode(), "The doctor has found what breaks the promise");
    private static final Set<ListenerStatus.State> FAILING = Set.of(
            ListenerStatus.State.WAITING_FOR_BROKER,
            ListenerStatus.State.PAUSED_INFRASTRUCTURE,
            ListenerStatus.State.MISCONFIGURED);
    private static final Duration CONNECT = Duration.ofMillis(500);

    private final RocketMqTransport connection;
    private final @Nullable OutboxRelay relay;
    private final @Nullable ListenerRegistry listeners;
    private final @Nullable Doctor doctor;

    ReliableMqHealthIndicator(
            RocketMqTransport connection,
            @Nullable OutboxRelay relay,
            @Nullable ListenerRegistry listeners,
            @Nullable Doctor doctor) {
        super("The state of Reliable MQ could not be read");
        this.connection = connection;
        this.relay = relay;
        this.listeners = listeners;
        this.doctor = doctor;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        String endpoints = connection.status().endpoints();
        boolean reachable = new EndpointProbe(endpoints, CONNECT).answers();
        builder.withDetail("broker", Map.of("endpoints", endpoints, "reachable", reachable));
        boolean relayFine = relay == null || addRelay(builder, relay.status());
        boolean listenersFine = listeners == null || addListeners(builder, listeners.list());
        boolean doctorFine = doctor == null || addFindings(builder, doctor.latest());
        boolean working = reachable && relayFine && listenersFine;
        builder.status(!doctorFine ? BROKEN : working ? Status.UP : DEGRADED);
    }

    /** Those of the last examination: health does not wait for another one. */
    private static boolean addFindings(Health.Builder builder, Optional<Findings> latest) {
        latest.ifPresent(findings -> builder.withDetail(
                "doctor",
                Map.of(
                        "summary",
                        findings.summary(),
                        "guarantees",
                        findings.guarantees(),
                        "findings",
                        findings.notOk().stream()
                                .map(finding -> finding.status() + " " + finding.rule() + ": " + finding.subject())
                                .toList())));
        return latest.map(Findings::worst).filter(Finding.Status.FAIL::equals).isEmpty();
    }

    private static boolean addRelay(Health.Builder builder, RelayStatus status) {
        builder.withDetail("relay", status);
        return status.running() && status.outages().isEmpty();
    }

    private static boolean addListeners(Health.Builder builder, List<ListenerStatus> all) {
        builder.withDetail(
                "listeners", all.stream().collect(Collectors.toMap(ListenerStatus::id, s -> s.state() + reason(s))));
        return all.stream().filter(s -> !isDrain(s)).noneMatch(s -> FAILING.contains(s.state()));
    }

    /** Its topic appears with the first message that the broker gives up; that the broker is away shows in the other listeners. */
    private static boolean isDrain(ListenerStatus status) {
        return status.topic().startsWith("%DLQ%");
    }

    private static String reason(ListenerStatus status) {
        return status.reason().isEmpty() ? "" : ": " + status.reason();
    }
}
