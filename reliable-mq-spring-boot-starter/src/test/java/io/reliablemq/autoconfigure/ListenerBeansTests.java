package io.reliablemq.autoconfigure;

import static io.reliablemq.autoconfigure.ListenerApplication.letters;
import static io.reliablemq.autoconfigure.ListenerApplication.until;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.consumer.DeadLetter;
import io.reliablemq.consumer.IdempotentListener;
import io.reliablemq.consumer.ListenerDefinition;
import io.reliablemq.consumer.ListenerRegistrar;
import io.reliablemq.consumer.ListenerRegistry;
import io.reliablemq.consumer.ListenerStatus;
import io.reliablemq.rocketmq.RocketMqConnection;
import io.reliablemq.rocketmq.RocketMqSettings;
import jakarta.validation.Valid;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import jakarta.validation.ValidatorFactory;
import jakarta.validation.constraints.Positive;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.hibernate.validator.HibernateValidator;
import org.hibernate.validator.messageinterpolation.ParameterMessageInterpolator;
import org.junit.jupiter.api.Test;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.health.contributor.Status;
import org.springframework.messaging.Message;
import org.springframework.messaging.converter.AbstractMessageConverter;
import org.springframework.messaging.converter.CompositeMessageConverter;
import org.springframework.messaging.converter.MessageConverter;
import org.springframework.util.MimeType;

/** Beans of the application that listeners use, and what they find wrong. */
class ListenerBeansTests {

    private final ListenerApplication application = new ListenerApplication();

    record Line(String sku, @Positive int amount) {}

    static class Lines {

        final Queue<Line> handled = new ConcurrentLinkedQueue<>();

        @IdempotentListener(topic = "orders", consumerGroup = "group")
        void on(@Valid Line line) {
            handled.add(line);
        }
    }

    private final Lines lines = new Lines();

    /** A class that is a validator of Bean Validation and none of Spring's. */
    private static Validator constraints() {
        try (ValidatorFactory factory = Validation.byProvider(HibernateValidator.class)
                .configure()
                .messageInterpolator(new ParameterMessageInterpolator())
                .buildValidatorFactory()) {
            return factory.getValidator();
        }
    }

    @Test
    void validatesWithTheApplicationsValidator() {
        application.publish("{\"sku\":\"good\",\"amount\":1}");
        application.publish("{\"sku\":\"bad\",\"amount\":-4711}");
        application
                .with(lines)
                .withBean(MessageConverter.class, JsonAsText::new)
                .withBean(Validator.class, ListenerBeansTests::constraints)
                .run(context -> {
                    application.settled(2);
                    assertThat(letters(context))
                            .extracting(DeadLetter::error)
                            .singleElement()
                            .asString()
                            .contains("amount must be greater than 0")
                            .doesNotContain("4711");
                });
        assertThat(lines.handled).containsExactly(new Line("good", 1));
    }

    @Test
    void doesNotStartWithoutAValidatorForAPayloadThatIsToBeValidated() {
        application.with(lines).run(context -> assertThat(
                        analysis(context.getStartupFailure()).getDescription())
                .contains("ListenerBeansTests$Lines.on", "spring-boot-starter-validation"));
    }

    @Test
    void doesNotStartWhenTheBrokersTopicOrGroupDoNotFit() {
        application.misfit = "Consumer group group is not FIFO";
        application.with(new Texts()).run(context -> assertThat(
                        analysis(context.getStartupFailure()).getDescription())
                .contains("listener 'group'", "Consumer group group is not FIFO"));
    }

    @Test
    void isDegradedWhenABrokerThatWasAwayTurnsOutNotToFit() throws IOException {
        application.away = true;
        try (ServerSocket reachable = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RocketMqConnection connection =
                        new RocketMqConnection(RocketMqSettings.at("127.0.0.1:" + reachable.getLocalPort()))) {
            application
                    .with(new Texts(), "reliable-mq.listener.outage-backoff=10ms")
                    .run(context -> {
                        ListenerRegistry listeners = context.getBean(ListenerRegistry.class);
                        ReliableMqHealthIndicator health =
                                new ReliableMqHealthIndicator(connection, null, listeners, null);
                        application.away = false;
                        until(() -> listeners.status("group").state() == ListenerStatus.State.RUNNING);
                        assertThat(health.health().getStatus()).isEqualTo(Status.UP);

                        listeners.stop("group");
                        application.away = true;
                        listeners.start("group");
                        application.misfit = "Consumer group group is not FIFO";
                        application.away = false;

                        until(() -> listeners.status("group").state() == ListenerStatus.State.MISCONFIGURED);
                        assertThat(health.health().getStatus()).isEqualTo(ReliableMqHealthIndicator.DEGRADED);
                        assertThat(health.health().getDetails().toString()).contains("is not FIFO");
                    });
        }
    }

    private static FailureAnalysis analysis(Throwable failure) {
        FailureAnalysis analysis = new ListenerMistakeFailureAnalyzer().analyze(failure);
        assertThat(analysis).isNotNull();
        return analysis;
    }

    static class Texts {
        @IdempotentListener(topic = "orders", consumerGroup = "group")
        void on(String text) {}
    }

    /** The tests publish text/plain, which Jackson's does not take. */
    private static final class JsonAsText extends AbstractMessageConverter {

        JsonAsText() {
            super(MimeType.valueOf("text/plain"));
        }

        @Override
        protected boolean supports(Class<?> type) {
            return type == Line.class;
        }

        @Override
        protected Object convertFromInternal(Message<?> message, Class<?> type, Object hint) {
            String[] parts = new String((byte[]) message.getPayload(), UTF_8).split("[\":,}]+");
            return new Line(parts[2], Integer.parseInt(parts[4]));
        }
    }

    @Test
    void convertersOfOtherFrameworksAreNotAsked() {
        application.publish("{\"sku\":\"a\",\"amount\":1}");
        application
                .with(lines)
                .withBean(Validator.class, ListenerBeansTests::constraints)
                .withBean(MessageConverter.class, () -> new CompositeMessageConverter(List.of(new JsonAsText())))
                .run(context -> {
                    application.settled(1);
                    assertThat(letters(context)).hasSize(1);
                });
        assertThat(lines.handled).isEmpty();
    }

    @Test
    void listenersAreAddedAndRemovedThroughABean() {
        Queue<String> handled = new ConcurrentLinkedQueue<>();
        application.with("no listener").run(context -> {
            ListenerRegistrar registrar = context.getBean(ListenerRegistrar.class);
            registrar.register(ListenerDefinition.on("orders", "group")
                    .handledBy(String.class, message -> handled.add(message.getPayload())));
            application.publish("order");
            application.settled(1);
            registrar.remove("group");
        });
        assertThat(handled).containsExactly("order");
    }
}
