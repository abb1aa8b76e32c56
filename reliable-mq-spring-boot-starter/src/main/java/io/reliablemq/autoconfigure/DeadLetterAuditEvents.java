package io.reliablemq.autoconfigure;

import io.reliablemq.consumer.DeadLetters.Deed;
import java.util.Map;
import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.event.EventListener;

/** Tells Spring Boot's audit what operators did to dead letters. */
class DeadLetterAuditEvents {

    private final ApplicationEventPublisher events;

    DeadLetterAuditEvents(ApplicationEventPublisher events) {
        this.events = events;
    }

    @EventListener
    void done(Deed deed) {
        events.publishEvent(new AuditApplicationEvent(
                deed.actor(),
                "DEAD_LETTER_" + deed.operation(),
                Map.of("reason", deed.reason(), "detail", deed.detail(), "letter", deed.letterId())));
    }
}
