package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.relay.HeldMessage.State;
import io.reliablemq.outbox.spi.LogEvent;
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
import org.slf4j.spi.LoggingEventBuilder;

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
    private final Circumstances circumstances;
    private final Places places;
    private final Outages outages;
    private final Silence silence;
    private final Map<Refusal, List<HeldMessage>> refusals = new LinkedHashMap<>();
    private int turn;
    private int parkFailures;
    private long nextPark;

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
            Mailbox mailbox,
            Circumstances circumstances) {
        this.sender = sender;
        this.settings = settings;
        this.observer = observer;
        this.held = held;
        this.intake = intake;
        this.parking = parking;
        this.settler = settler;
        this.knownTopics = knownTopics;
        this.mailbox = mailbox;
        this.circumstances = circumstances;
        this.places = new Places(settings, held);
        this.outages = new Outages(settings, observer, held, intake, circumstances);
        this.silence = new Silence(held, outages, MessageSender.patience(sender), circumstances.nanoTime());
    }

    /** Sends as much as may be sent, topic by topic in turn. The lease is asked before each send: it can end in the middle. */
    void dispatch(BooleanSupplier fenced) {
        List<TopicFlow> flows = List.copyOf(held.flows());
        int idle = 0;
        while (idle < flows.size() && !fenced.getAsBoolean()) {
            // goes on where it stopped the last time: else the first topic would take every place that becomes free
            TopicFlow flow = flows.get(Math.floorMod(turn++, flows.size()));
            HeldMessage message =
                    places.freeFor(flow) ? flow.next(circumstances.nanoTime(), places.freeForStuck()) : null;
            if (message == null) {
                idle++;
            } else {
                idle = 0;
                send(message);
            }
        }
    }

    /** A place that becomes free is heard of at once. */
    long nextDue(long now) {
        long park = refusals.isEmpty() ? Long.MAX_VALUE : nextPark - now;
        return held.flows().stream()
                .filter(places::freeFor)
                .mapToLong(flow -> flow.nextDue(now))
                .reduce(park, Math::min);
    }

    /** To be called now and then, after the answers have been taken that have come. */
    void missAnswers() {
        for (HeldMessage overdue : silence.lookIfDue(circumstances.nanoTime())) {
            held.answered(overdue);
            retry(overdue, "no answer within " + silence.patience());
        }
    }

    private void send(HeldMessage message) {
        long now = circumstances.nanoTime();
        held.sent(message, now);
        try {
            sender.send(message.row.message())
                    .whenComplete((outcome, error) ->
                            mailbox.post(() -> answered(message, now, SendOutcome.of(outcome, error))));
        } catch (RuntimeException | Error e) {
            mailbox.post(() -> answered(message, now, SendOutcome.of(null, e)));
        }
    }

    private void answered(HeldMessage message, long attempt, SendOutcome outcome) {
        if (message.awaits(attempt)) {
            held.answered(message);
            answered(message, outcome);
        } else if (outcome instanceof Stored) {
            storedAfterAll(message);
        }
    }

    /** Nobody waits for this answer any longer, and the message may be in flight again, or with another relay. */
    private void storedAfterAll(HeldMessage message) {
        if (message.state == State.IN_FLIGHT) {
            held.answered(message);
        }
        if (message.state == State.DROPPED) {
            settler.settle(message.row.ref());
        } else if (message.state != State.SETTLING) {
            stored(message);
        }
    }

    private void answered(HeldMessage message, SendOutcome outcome) {
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
        knownTopics.took(message.flow.topic);
        // also when the lane has been lost meanwhile: what is stored is settled, whoever owns the lane
        held.settling(message);
        settler.settle(message.row.ref());
        observer.stored(message.row.message(), circumstances.nanoTime() - message.sentAt);
        told(LogEvent.MESSAGE_STORED, message).log("{} is stored", message.row.message());
        outages.stored(message);
    }

    /**
     * A topic that has taken messages before and is now unknown has lost its broker: an outage. Brokers that are gone are removed
     * from the route, so the answer is the same as for a topic that never was.
     */
    private boolean isDefinite(Refused refused, HeldMessage message) {
        if (refused.reason() != Reason.UNKNOWN_TOPIC) {
            return true;
        }
        try {
            return !knownTopics.contains(message.flow.topic);
        } catch (RuntimeException e) {
            // the answer is used up: whoever leaves with an exception leaves a message that nobody sends again
            log.warn(
                    "Could not ask whether topic '{}' has taken messages before: {}", message.flow.topic, e.toString());
            return false;
        }
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

    /**
     * Parks what was refused since the last time, with what is held behind it: one transaction for each lane and reason. Not
     * what an earlier attempt turns out to have stored.
     */
    void parkRefused() {
        knownTopics.askAgain();
        while (!refusals.isEmpty() && (parkFailures == 0 || circumstances.nanoTime() - nextPark >= 0)) {
            Map.Entry<Refusal, List<HeldMessage>> next =
                    refusals.entrySet().iterator().next();
            refusals.remove(next.getKey());
            List<HeldMessage> refused = next.getValue().stream()
                    .filter(message -> message.state == State.ANSWERED)
                    .toList();
            if (!refused.isEmpty()) {
                park(next.getKey(), refused);
            }
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
                if (!parking.park(lane, all.stream().map(m -> m.row).toList(), unsent, refusal.reason())) {
                    intake.giveUp(lane);
                }
            }
            for (int i = all.size() - 1; i >= 0; i--) {
                held.drop(all.get(i));
            }
            refused.forEach(intake::goesOn);
            parkFailures = 0;
        } catch (RuntimeException e) {
            // not sent again instead: they may be parked, and be said to be unsent
            refusals.put(refusal, new ArrayList<>(refused));
            nextPark = circumstances.nanoTime() + circumstances.pause(settings.retry(), ++parkFailures);
            log.warn(
                    "Could not park {} message(s) to topic '{}', refused with {} ({}); trying again",
                    all.size(),
                    refusal.topic(),
                    refusal.reason(),
                    e.toString());
        }
    }

    private void busy(HeldMessage message, String detail) {
        long now = circumstances.nanoTime();
        later(message, now, detail);
        if (outages.busy(message.flow, now)) {
            LogEvent.TOPIC_BUSY
                    .on(log)
                    .addKeyValue("reliablemq.topic", message.flow.topic)
                    .addKeyValue("reliablemq.detail", detail)
                    .log(
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
            message.flow.retryAt(message, now + circumstances.pause(settings.retry(), message.attempts));
        } else {
            held.drop(message);
        }
    }

    private void retry(HeldMessage message, String error) {
        long now = circumstances.nanoTime();
        later(message, now, error);
        observer.unknown(message.row.message(), error);
        told(LogEvent.SEND_UNKNOWN, message)
                .addKeyValue("reliablemq.detail", error)
                .log("Whether {} is stored is not known ({}): it is sent again", message.row.message(), error);
        outages.unknown(message, now);
    }

    private static LoggingEventBuilder told(LogEvent event, HeldMessage message) {
        return event.on(log)
                .addKeyValue("reliablemq.topic", message.flow.topic)
                .addKeyValue("reliablemq.message_id", message.row.ref().messageId())
                .addKeyValue("reliablemq.failed_attempts", message.attempts);
    }
}
