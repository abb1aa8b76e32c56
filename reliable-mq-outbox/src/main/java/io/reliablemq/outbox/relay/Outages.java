package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.relay.HeldMessage.State;
import io.reliablemq.outbox.spi.LogEvent;
import io.reliablemq.outbox.spi.RelayObserver;
import io.reliablemq.outbox.spi.RelaySettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Begins and ends the outage of a topic: most of its messages leave the memory, and whoever wants to know is told. They leave it, too,
 * when its broker is too busy for long.
 */
final class Outages {

    private static final Logger log = LoggerFactory.getLogger(Outages.class);

    private final RelaySettings settings;
    private final RelayObserver observer;
    private final HeldMessages held;
    private final Intake intake;
    private final Circumstances circumstances;

    Outages(
            RelaySettings settings,
            RelayObserver observer,
            HeldMessages held,
            Intake intake,
            Circumstances circumstances) {
        this.settings = settings;
        this.observer = observer;
        this.held = held;
        this.intake = intake;
        this.circumstances = circumstances;
    }

    void stored(HeldMessage message) {
        TopicFlow flow = message.flow;
        intake.goesOn(message);
        long now = circumstances.nanoTime();
        if (message.stuck()) {
            flow.stuckWentOn(now);
        }
        if (flow.window.stored(now)) {
            flow.outageEnded(now);
            intake.freePassedKeys(flow);
            long nanos = now - flow.window.outageSince();
            LogEvent.TOPIC_RECOVERED
                    .on(log)
                    .addKeyValue("reliablemq.topic", flow.topic)
                    .addKeyValue("reliablemq.duration_ms", nanos / 1_000_000)
                    .log("Topic '{}' takes messages again", flow.topic);
            observer.outageEnded(flow.topic, nanos);
        }
        if (flow.goesOnAgain() && intake.hasPassed(flow)) {
            flow.overflow(now);
        }
    }

    void unknown(HeldMessage message, long now) {
        TopicFlow flow = message.flow;
        held.failed(message);
        if (message.stuck() && message.state == State.WAITING) {
            intake.shedStuck(message);
        }
        if (flow.window.unknown(now, flow.inFlight, message.tells())) {
            began(flow, now);
        }
    }

    /** The answers still count when they come. */
    void silent(TopicFlow flow, long now, String error) {
        if (flow.window.silent(now)) {
            flow.lastError = error;
            began(flow, now);
        }
    }

    /** @return true when this is the first time since a message was stored */
    boolean busy(TopicFlow flow, long now) {
        boolean first = flow.window.busy(now, flow.inFlight);
        if (held.isCrowding(flow) && !flow.overflowed()) {
            shed(flow);
        }
        return first;
    }

    private void began(TopicFlow flow, long now) {
        flow.outageBegan(now);
        shed(flow);
        LogEvent.TOPIC_OUTAGE
                .on(log)
                .addKeyValue("reliablemq.topic", flow.topic)
                .addKeyValue("reliablemq.detail", flow.lastError)
                .log(
                        "Topic '{}' takes no messages at the moment: {}. They wait in the outbox; sending is tried again"
                                + " with back-off up to {}",
                        flow.topic,
                        flow.lastError,
                        settings.retry().max());
        observer.outageBegan(flow.topic, flow.lastError);
    }

    private void shed(TopicFlow flow) {
        held.shed(flow).forEach(intake::leave);
    }
}
