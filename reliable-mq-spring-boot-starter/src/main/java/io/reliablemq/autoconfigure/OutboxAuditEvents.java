package io.reliablemq.autoconfigure;

import io.reliablemq.outbox.OutboxOperations.Deed;
import java.util.Map;
import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.event.EventListener;

/** Tells Spring Boot's audit what operators did to the outbox. */
class OutboxAuditEvents {

    private final ApplicationEventPublisher events;

    OutboxAuditEvents(ApplicationEventPublisher events) {
        this.events = events;
    }

    @EventListener
    void done(Deed deed) {
        events.publishEvent(new AuditApplicationEvent(
                deed.actor(),
                "OUTBOX_" + deed.operation(),
                Map.of("reason", deed.reason(), "detail", deed.detail(), "messages", deed.messages())));
    }
}
