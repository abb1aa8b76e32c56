package io.reliablemq.autoconfigure.endpoint;

import io.reliablemq.consumer.DeadLetters.Action;
import io.reliablemq.consumer.ListenerRegistry;
import io.reliablemq.consumer.ListenerStatus;
import io.reliablemq.consumer.spi.LogEvent;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.context.ApplicationEventPublisher;

/** The listeners of this instance. A pause lasts until it is ended or the instance stops; others go on. */
record ListenersSection(ListenerRegistry listeners, ApplicationEventPublisher events) implements Section {

    private static final Logger log = LoggerFactory.getLogger(ListenersSection.class);

    record ListenersView(List<ListenerStatus> listeners) {}

    @Override
    public Object list(Given given) {
        given.only();
        return new ListenersView(listeners.list());
    }

    @Override
    public Object item(String id, Given given) {
        given.only();
        return found(id);
    }

    private ListenerStatus found(String id) {
        List<ListenerStatus> all = listeners.list();
        return all.stream()
                .filter(status -> status.id().equals(id))
                .findFirst()
                .orElseThrow(() -> Problem.unknown(
                        "listener",
                        Given.shown(id),
                        all.stream().map(ListenerStatus::id).toList()));
    }

    @Override
    public Object act(String operation, Given given) {
        boolean pause = operation.equals("pause");
        if (!pause && !operation.equals("resume")) {
            throw Problem.unknown("operation", operation, List.of("pause", "resume"));
        }
        given.only("id", "actor", "why");
        // the same rules as for what is written to a table
        Action action = Action.by(given.actor(), given.required("why"));
        String id = found(given.required("id")).id();
        if (pause) {
            listeners.pause(id);
        } else {
            listeners.resume(id);
        }
        told(pause ? "LISTENER_PAUSE" : "LISTENER_RESUME", id, action);
        return listeners.status(id);
    }

    private void told(String type, String id, Action action) {
        LogEvent.OPERATOR_ACTED
                .on(log)
                .addKeyValue("reliablemq.operation", type.toLowerCase(Locale.ROOT))
                .addKeyValue("reliablemq.actor", action.actor())
                .addKeyValue("reliablemq.why", action.reason())
                .addKeyValue("reliablemq.listener", id)
                .log("{} of {} by {}: {}", type, id, action.actor(), action.reason());
        events.publishEvent(
                new AuditApplicationEvent(action.actor(), type, Map.of("reason", action.reason(), "listener", id)));
    }
}
