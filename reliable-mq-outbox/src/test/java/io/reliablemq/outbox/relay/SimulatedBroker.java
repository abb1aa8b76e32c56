package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.SendOutcome;
import io.reliablemq.outbox.spi.SendOutcome.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A broker and the network before it: requests and answers are late, or lost, and refusals end when somebody mends their cause. Or several
 * brokers: the one that has the queue of a key may be away.
 */
final class SimulatedBroker {

    private record Request(String from, OutgoingMessage message, CompletableFuture<SendOutcome> answer) {}

    private static final SendOutcome STORED = new SendOutcome.Stored();
    private static final List<Reason> REASONS = List.of(Reason.ACCESS_DENIED, Reason.UNKNOWN_TOPIC);
    private static final SendOutcome UNKNOWN = new SendOutcome.Unknown("nobody answers");
    private static final SendOutcome BUSY = new SendOutcome.Busy("too much");

    private final Schedule schedule;
    private final SimulatedLedger ledger;
    private final Break broken;
    private final List<Request> underWay = new ArrayList<>();
    /** Nobody waits for them any longer. */
    private final List<OutgoingMessage> stragglers = new ArrayList<>();

    private @Nullable Reason refusing;
    private @Nullable String keyAway;

    SimulatedBroker(Schedule schedule, SimulatedLedger ledger, Break broken) {
        this.schedule = schedule;
        this.ledger = ledger;
        this.broken = broken;
    }

    CompletableFuture<SendOutcome> send(String from, OutgoingMessage message) {
        CompletableFuture<SendOutcome> answer = new CompletableFuture<>();
        underWay.add(new Request(from, message, answer));
        schedule.note(from, " sends ", SimulatedLedger.name(message.id()));
        return answer;
    }

    /** Refuses, or takes messages again. */
    void changeMind() {
        refusing = schedule.oneIn(2) ? schedule.any(REASONS) : null;
        keyAway = schedule.oneIn(2) ? schedule.any(List.of("a", "b", "c")) : null;
        schedule.note(refusing == null ? "the broker is mended" : "the broker refuses: " + refusing);
        schedule.note("away is the one of key ", keyAway);
    }

    /** Something happens to one of the requests, not necessarily the first. */
    void step() {
        if (!stragglers.isEmpty() && schedule.oneIn(4)) {
            arrive("late ", stragglers.remove(schedule.below(stragglers.size())));
        } else if (!underWay.isEmpty()) {
            happen(underWay.remove(schedule.below(underWay.size())));
        }
    }

    private void happen(Request request) {
        if (keyAway != null && keyAway.equals(request.message().orderingKey())) {
            answer(request, UNKNOWN);
            return;
        }
        switch (schedule.below(14)) {
            case 0 -> answer(request, UNKNOWN);
            case 1 -> {
                stragglers.add(request.message());
                answer(request, UNKNOWN);
            }
            case 2 -> {
                arrive("", request.message());
                answer(request, UNKNOWN);
            }
            case 3 -> arrive("for ever unanswered ", request.message());
            case 4 ->
                schedule.note(
                        "for ever unanswered and lost ",
                        SimulatedLedger.name(request.message().id()));
            case 5 -> answer(request, BUSY);
            default -> fulfil(request);
        }
    }

    private void fulfil(Request request) {
        if (broken == Break.ANSWERED_BEFORE_STORED && schedule.oneIn(5)) {
            answer(request, STORED);
        } else if (broken == Break.STORED_OUT_OF_ORDER && schedule.oneIn(3)) {
            answer(request, STORED);
            stragglers.add(request.message());
        } else {
            answer(request, arrive("", request.message()));
        }
    }

    private SendOutcome arrive(String how, OutgoingMessage message) {
        schedule.note(how, SimulatedLedger.name(message.id()), refusing == null ? " is stored" : " is refused");
        if (refusing != null) {
            if (broken == Break.STORED_THOUGH_REFUSED) {
                ledger.arrive(message);
            }
            return new SendOutcome.Refused(refusing, "for now");
        }
        ledger.arrive(message);
        return STORED;
    }

    private void answer(Request request, SendOutcome outcome) {
        schedule.note(
                request.from(),
                " hears of ",
                SimulatedLedger.name(request.message().id()),
                ": ",
                outcome.text());
        request.answer().complete(outcome);
    }

    /** All that is under way arrives and is answered. */
    void heal() {
        refusing = null;
        keyAway = null;
        List.copyOf(stragglers).forEach(message -> arrive("late ", message));
        stragglers.clear();
        List<Request> all = List.copyOf(underWay);
        underWay.clear();
        all.forEach(request -> answer(request, arrive("", request.message())));
    }
}
