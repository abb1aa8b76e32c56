package io.reliablemq.autoconfigure.endpoint;

import io.reliablemq.autoconfigure.ListenerAutoConfiguration;
import io.reliablemq.autoconfigure.OutboxAutoConfiguration;
import io.reliablemq.autoconfigure.ReliableMqDoctorAutoConfiguration;
import io.reliablemq.autoconfigure.ReliableMqReconciliationAutoConfiguration;
import io.reliablemq.consumer.DeadLetters;
import io.reliablemq.consumer.ListenerRegistry;
import io.reliablemq.doctor.Doctor;
import io.reliablemq.outbox.OutboxOperations;
import io.reliablemq.outbox.jdbc.JdbcOutbox;
import io.reliablemq.outbox.relay.OutboxRelay;
import io.reliablemq.reconciliation.Reconciliation;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;

/** The actuator endpoint {@code reliablemq}, where Spring Boot's actuator is on the class path and the endpoint is exposed. */
@AutoConfiguration(
        after = {
            OutboxAutoConfiguration.class,
            ListenerAutoConfiguration.class,
            ReliableMqDoctorAutoConfiguration.class,
            ReliableMqReconciliationAutoConfiguration.class
        })
@ConditionalOnClass({WebEndpoint.class, ConditionalOnAvailableEndpoint.class})
@ConditionalOnAvailableEndpoint(endpoint = ReliableMqEndpoint.class)
public final class ReliableMqEndpointAutoConfiguration {

    @Bean
    static GivenArguments reliableMqEndpointArguments() {
        return new GivenArguments();
    }

    @Bean
    @ConditionalOnMissingBean
    ReliableMqEndpoint reliableMqEndpoint(
            ObjectProvider<JdbcOutbox> outbox,
            ObjectProvider<OutboxOperations> operations,
            ObjectProvider<OutboxRelay> relay,
            ObjectProvider<DeadLetters> letters,
            ObjectProvider<ListenerRegistry> listeners,
            ObjectProvider<Doctor> doctor,
            ObjectProvider<Reconciliation> reconciliation,
            ApplicationEventPublisher events) {
        Map<String, Section> sections = new TreeMap<>();
        ofOutbox(sections, outbox.getIfAvailable(), operations.getIfAvailable());
        letters.ifAvailable(all -> sections.put("dead-letters", new DeadLettersSection(all)));
        listeners.ifAvailable(all -> sections.put("listeners", new ListenersSection(all, events)));
        doctor.ifAvailable(one -> sections.put("doctor", new DoctorSection(one)));
        outbox.ifAvailable(stored -> reconciliation.ifAvailable(
                comparing -> sections.put("reconciliation", new ReconciliationSection(comparing, stored.ledger()))));
        sections.put("audit", new AuditSection(operations.getIfAvailable(), letters.getIfAvailable()));
        Overview overview = new Overview(
                relay.getIfAvailable(),
                tables(outbox.getIfAvailable()),
                letters.getIfAvailable(),
                listeners.getIfAvailable(),
                doctor.getIfAvailable());
        return new ReliableMqEndpoint(overview, sections);
    }

    private static Overview.@Nullable Tables tables(@Nullable JdbcOutbox outbox) {
        return outbox == null ? null : new Overview.Tables(outbox.store(), outbox.view());
    }

    private static void ofOutbox(
            Map<String, Section> sections, @Nullable JdbcOutbox outbox, @Nullable OutboxOperations operations) {
        if (operations != null) {
            sections.put("parked", new ParkedSection(operations));
            sections.put("archive", new ArchiveSection(operations));
        }
        if (outbox != null) {
            sections.put("backlog", new BacklogSection(outbox.view()));
        }
        if (outbox != null && operations != null) {
            sections.put("lanes", new LanesSection(operations, outbox.view()));
        }
    }
}
