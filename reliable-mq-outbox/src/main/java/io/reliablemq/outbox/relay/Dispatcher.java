package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.relay.HeldMessage.State;
import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.outbox.spi.RelayObserver;
import io.reliablemq.outbox.spi.RelaySettings;
import io.reliablemq.outbox.spi.RowRef;
import io.reliablemq.outbox.spi.SendOutcome;
import io.reliablemq.outbox.spi.SendOutcome.Busy;
import io.reliablemq.outbox.spi.SendOutcome.Reason;
import io.reliablemq.outbox.spi.SendOutcome.Refused;
import io.reliablemq.outbox.spi.SendOutcome.Stored;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends what is ready, within the windows, and draws the consequence of each outcome. */
final class Dispatcher {

    private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);

    private final MessageSender sender;
    private final RelaySettings settings;
    private final RelayObserver observer;
    private final HeldMessages held;
    private final Intake intake;
    private final Parking parking;
    private final Settler settler;
    private final KnownTopics knownTopics;
    private final Mailbox mailbox;
    private final Map<Refusal, List<HeldMessage>> refusals = new LinkedHashMap<>();
    private int turn;

    private record Refusal(int lane, String topic, String reason) {}

    Dispatcher(
            MessageSender sender,
            RelaySettings settings,
            RelayObserver observer,
            HeldMessages held,
            Intake intake,
            Parking parking,
            Settler settler,
            KnownTopics knownTopics,
            Mailbox mailbox) {
        this.sender = sender;
        this.settings = settings;
        this.observer = observer;
        this.held = held;
        this.intake = intake;
        this.parking = parking;
        this.settler = settler;
        this.knownTopics = knownTopics;
        this.mailbox = mailbox;
    }

    /** Sends as much as may be sent, topic by topic in turn. The lease is asked before each send: it can end in the middle. */
    void dispatch(BooleanSupplier fenced) {
        List<TopicFlow> flows = List.copyOf(held.flows());
        int idle = 0;
        while (idle < flows.size() && held.inFlight() < settings.maxInFlight() && !fenced.getAsBoolean()) {
            // goes on where it stopped the last time: else the first topic would take every place that becomes free
            TopicFlow flow = flows.get(Math.floorMod(turn++, flows.size()));
            HeldMessage message = flow.next(System.nanoTime());
            if (message == null) {
                idle++;
            } else {
                idle = 0;
                send(message);
            }
        }
    }

    long nextDue(long now) {
        return held.inFlight() >= settings.maxInFlight()
                ? Long.MAX_VALUE
                : held.flows().stream().mapToLong(f -> f.nextDue(now)).min().orElse(Long.MAX_VALUE);
    }

    private void send(HeldMessage message) {
        held.sent(message, System.nanoTime());
        try {
            sender.send(message.row.message())
                    .whenComplete(
                            (outcome, error) -> mailbox.post(() -> answered(message, SendOutcome.of(outcome, error))));
        } catch (RuntimeException | Error e) {
            mailbox.post(() -> answered(message, SendOutcome.of(null, e)));
        }
    }

    private void answered(HeldMessage message, SendOutcome outcome) {
        held.answered(message);
        if (outcome instanceof Stored) {
            stored(message);
        } else if (outcome instanceof Refused refused) {
            refused(message, refused);
        } else if (outcome instanceof Busy) {
            busy(message, outcome.text());
        } else {
            retry(message, outcome.text());
        }
    }

    private void stored(HeldMessage message) {
        TopicFlow flow = message.flow;
        knownTopics.took(flow.topic);
        // also when the lane has been lost meanwhile: what is stored is settled, whoever owns the lane
        held.settling(message);
        settler.settle(message.row.ref());
        boolean outageEnded = flow.window.stored();
        observer.stored(message.row.message(), System.nanoTime() - message.sentAt);
        if (outageEnded) {
            log.info("Topic '{}' takes messages again", flow.topic);
            observer.outageEnded(flow.topic, System.nanoTime() - flow.window.outageSince());
        }
    }

    /**
     * A topic that has taken messages before and is now unknown has lost its broker: an outage. Brokers that are gone are removed
     * from the route, so the answer is the same as for a topic that never was.
     */
    private boolean isDefinite(Refused refused, HeldMessage message) {
        return refused.reason() != Reason.UNKNOWN_TOPIC || !knownTopics.contains(message.flow.topic);
    }

    private void refused(HeldMessage message, Refused refused) {
        if (isDefinite(refused, message)) {
            refusals.computeIfAbsent(
                            new Refusal(message.lane(), message.flow.topic, refused.text()), r -> new ArrayList<>())
                    .add(message);
        } else {
            retry(message, refused.text());
        }
    }

    /** Parks what was refused since the last time, with what is held behind it: one transaction for each lane and reason. */
    void parkRefused() {
        while (!refusals.isEmpty()) {
            Map.Entry<Refusal, List<HeldMessage>> next =
                    refusals.entrySet().iterator().next();
            refusals.remove(next.getKey());
            park(next.getKey(), next.getValue());
        }
    }

    private void park(Refusal refusal, List<HeldMessage> refused) {
        // one that was written by another lane count, and found too late, is in a lane of its own
        List<HeldMessage> all = refused.stream()
                .flatMap(message -> held.withFollowers(message).stream())
                .filter(message -> message.lane() == refusal.lane())
                .toList();
        Lane lane = intake.lanes().get(refusal.lane());
        try {
            if (lane != null) {
                Set<RowRef> unsent = all.stream()
                        .filter(HeldMessage::unsent)
                        .map(m -> m.row.ref())
                        .collect(Collectors.toSet());
                parking.park(lane, all.stream().map(m -> m.row).toList(), unsent, refusal.reason());
            }
            for (int i = all.size() - 1; i >= 0; i--) {
                held.drop(all.get(i));
            }
        } catch (RuntimeException e) {
            log.warn(
                    "Could not park {} message(s) to topic '{}', refused with {} ({}); trying again",
                    all.size(),
                    refusal.topic(),
                    refusal.reason(),
                    e.toString());
            refused.forEach(message -> retry(message, refusal.reason()));
        }
    }

    private void busy(HeldMessage message, String detail) {
        long now = System.nanoTime();
        later(message, now, detail);
        if (message.flow.window.busy(now, message.flow.inFlight)) {
            log.warn(
                    "Topic '{}' is too busy: {}. Half as much is sent at once, after a pause",
                    message.flow.topic,
                    detail);
        }
        observer.busy(message.row.message(), detail);
    }

    private void later(HeldMessage message, long now, String error) {
        message.attempts++;
        message.flow.lastError = error;
        if (intake.lanes().containsKey(message.lane())) {
            message.state = State.WAITING;
            message.flow.retryAt(message, now + settings.retry().nanos(message.attempts));
        } else {
            held.drop(message);
        }
    }

    private void retry(HeldMessage message, String error) {
        TopicFlow flow = message.flow;
        long now = System.nanoTime();
        later(message, now, error);
        boolean outageBegan = flow.window.unknown(now, flow.inFlight);
        if (outageBegan) {
            shed(flow);
        }
        observer.unknown(message.row.message(), error);
        if (outageBegan) {
            log.warn(
                    "Topic '{}' takes no messages at the moment: {}. They wait in the outbox; sending is tried again"
                            + " with back-off up to {}",
                    flow.topic,
                    flow.lastError,
                    settings.retry().max());
            observer.outageBegan(flow.topic, flow.lastError);
        }
    }

    private void shed(TopicFlow flow) {
        List<HeldMessage> dropped = held.dropWaiting(m -> m.flow == flow, held.outageShare());
        for (HeldMessage message : dropped) {
            flow.overflowed = true;
            Lane lane = intake.lanes().get(message.lane());
            if (lane != null) {
                lane.miss(message.id());
            }
        }
    }
}
