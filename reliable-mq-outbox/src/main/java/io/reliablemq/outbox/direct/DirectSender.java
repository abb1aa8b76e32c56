package io.reliablemq.outbox.direct;

import io.reliablemq.outbox.OutboxOverloadedException;
import io.reliablemq.outbox.spi.DirectFeed;
import io.reliablemq.outbox.spi.DirectObserver;
import io.reliablemq.outbox.spi.DirectObserver.Loss;
import io.reliablemq.outbox.spi.DirectSettings;
import io.reliablemq.outbox.spi.DirectStatus;
import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.SendOutcome;
import io.reliablemq.outbox.spi.SendOutcome.Reason;
import io.reliablemq.outbox.spi.SendOutcome.Refused;
import io.reliablemq.outbox.spi.SendOutcome.Stored;
import io.reliablemq.outbox.spi.SendOutcome.Unknown;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends messages from memory.
 *
 * <p><b>Guarantee</b>: each message that is handed over ends in exactly one call of {@link DirectObserver#sent} or
 * {@link DirectObserver#lost}, unless the process dies first. No more messages and bytes are in memory than the settings allow.
 * An unknown outcome is sent again under the same id, within the limits; a definite refusal is not. The answer to an attempt is
 * waited for as long as {@link MessageSender#patience} says, and no place is held longer.
 *
 * <p><b>Thread</b>: safe for use by any thread. Callers only take room and leave the message to one daemon thread.
 */
public final class DirectSender implements DirectFeed {

    private static final Logger log = LoggerFactory.getLogger(DirectSender.class);

    private final MessageSender sender;
    private final DirectSettings settings;
    private final DirectObserver observer;
    private final Schedule schedule;
    private final Room room;
    private final Losses losses;
    private final Set<Flight> flights = ConcurrentHashMap.newKeySet();
    private final Duration patience;
    private final Overdue overdue;

    public DirectSender(MessageSender sender, DirectSettings settings, DirectObserver observer) {
        this(sender, settings, observer, new OwnThread("reliable-mq-direct"));
    }

    DirectSender(MessageSender sender, DirectSettings settings, DirectObserver observer, Schedule schedule) {
        this.sender = sender;
        this.settings = settings;
        this.observer = observer;
        this.schedule = schedule;
        this.room = new Room(settings);
        this.losses = new Losses(observer, schedule);
        this.patience = MessageSender.patience(sender);
        this.overdue = new Overdue(patience.toNanos(), schedule, flights, this::giveUpAnswer);
    }

    @Override
    public void send(List<OutgoingMessage> messages) {
        long weight = messages.stream().mapToLong(OutgoingMessage::weight).sum();
        Room.Answer answer = room.take(messages.size(), weight);
        if (answer == Room.Answer.TAKEN) {
            messages.forEach(this::begin);
        } else {
            messages.forEach(message -> losses.lost(message, loss(answer), ""));
            throw new OutboxOverloadedException(problem(answer, messages.size(), weight));
        }
    }

    private String problem(Room.Answer answer, int messages, long weight) {
        if (answer == Room.Answer.CLOSED) {
            return "Nothing was sent: direct sending has stopped with the application. Send earlier, or with mode OUTBOX";
        }
        return "There is no room in memory for " + messages + " direct message(s) with " + weight + " bytes: "
                + room.describe()
                + ". Nothing was sent. Send again later or fewer at a time, raise reliable-mq.direct.*, or send"
                + " with mode OUTBOX";
    }

    @Override
    public void committed(List<OutgoingMessage> messages) {
        for (OutgoingMessage message : messages) {
            Room.Answer answer = room.take(1, message.weight());
            if (answer == Room.Answer.TAKEN) {
                begin(message);
            } else {
                losses.lost(message, loss(answer), "");
            }
        }
    }

    @Override
    public void doubtful(List<OutgoingMessage> messages) {
        messages.forEach(message -> losses.lost(message, Loss.COMMIT_UNKNOWN, ""));
    }

    private static Loss loss(Room.Answer answer) {
        return answer == Room.Answer.CLOSED ? Loss.STOPPED : Loss.NO_ROOM;
    }

    private void begin(OutgoingMessage message) {
        Flight flight = new Flight(message, schedule.nanoTime());
        flights.add(flight);
        try {
            schedule.execute(() -> attempt(flight));
        } catch (RuntimeException | Error e) {
            lost(flight, Loss.NO_ROOM, "no thread: " + e);
        }
    }

    private void attempt(Flight flight) {
        if (!flights.contains(flight)) {
            return;
        }
        int attempt = flight.begin(schedule.nanoTime());
        try {
            overdue.watch();
            sender.send(flight.message)
                    .whenComplete((outcome, error) -> answered(flight, attempt, SendOutcome.of(outcome, error)));
        } catch (RuntimeException | Error e) {
            answered(flight, attempt, SendOutcome.of(null, e));
        }
    }

    private void giveUpAnswer(Flight flight) {
        answered(flight, flight.attempts(), new Unknown("no answer within " + patience));
    }

    private void answered(Flight flight, int attempt, SendOutcome outcome) {
        if (outcome instanceof Stored) {
            sent(flight);
        } else if (flight.answered(attempt)) {
            notStored(flight, outcome);
        }
    }

    private void notStored(Flight flight, SendOutcome outcome) {
        if (outcome instanceof Refused refused && isDefinite(refused)) {
            lost(flight, Loss.REFUSED, refused.text());
        } else {
            tryAgain(flight, outcome);
        }
    }

    /** Brokers that are gone are removed from the route: then the answer is the same as for a topic that never was. */
    private static boolean isDefinite(Refused refused) {
        return refused.reason() != Reason.UNKNOWN_TOPIC;
    }

    private void tryAgain(Flight flight, SendOutcome outcome) {
        long pause = settings.retry().nanos(flight.attempts());
        long age = schedule.nanoTime() - flight.takenAt;
        if (flight.attempts() >= settings.maxAttempts()
                || age + pause > settings.timeout().toNanos()) {
            lost(flight, outcome instanceof Refused ? Loss.REFUSED : Loss.UNANSWERED, outcome.text());
            return;
        }
        try {
            schedule.after(pause, () -> attempt(flight));
            observer.retried(flight.message, outcome.text());
        } catch (RuntimeException | Error e) {
            lost(flight, Loss.UNANSWERED, "no thread: " + e);
        }
    }

    private void sent(Flight flight) {
        end(flight, () -> observer.sent(flight.message, schedule.nanoTime() - flight.takenAt));
    }

    private void lost(Flight flight, Loss loss, String detail) {
        end(flight, () -> losses.lost(flight.message, loss, detail));
    }

    /** Once: whoever comes later has nothing to tell. Told before its place is free: who waits for that has heard of all. */
    private void end(Flight flight, Runnable tell) {
        if (flights.remove(flight)) {
            try {
                tell.run();
            } finally {
                room.free(flight.message.weight());
            }
        }
    }

    /** What is on its way right now. */
    public DirectStatus status() {
        return room.status();
    }

    /** Takes messages again after {@link #stop}; at first it takes them without being told. */
    public void start() {
        room.open();
    }

    /**
     * Takes no more, waits for what is on its way, at most for the shutdown time-out; what has no answer by then is counted as
     * lost.
     */
    public void stop() {
        room.close();
        try {
            room.awaitEmpty(settings.shutdownTimeout().toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            log.warn("Interrupted while waiting for direct messages on their way; they are counted as lost");
        }
        flights.forEach(flight -> lost(flight, Loss.STOPPED, ""));
        losses.reportAll();
    }
}
