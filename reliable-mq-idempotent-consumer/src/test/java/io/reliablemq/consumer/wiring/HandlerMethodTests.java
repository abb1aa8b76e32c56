package io.reliablemq.consumer.wiring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reliablemq.consumer.DeadLetter;
import io.reliablemq.consumer.DeadLetterReason;
import io.reliablemq.consumer.DeadLetters;
import io.reliablemq.consumer.IdempotentListener;
import io.reliablemq.consumer.ListenerConfigurationException;
import io.reliablemq.consumer.ListenerHeaders;
import io.reliablemq.consumer.Messages;
import io.reliablemq.consumer.RetryPolicy;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.consumer.spi.ReceivedMessage;
import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Positive;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.annotation.AliasFor;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.converter.AbstractMessageConverter;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.Headers;
import org.springframework.messaging.handler.annotation.Payload;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.util.MimeType;
import org.springframework.validation.annotation.Validated;
import org.springframework.validation.beanvalidation.LocalValidatorFactoryBean;

/** What a method of a listener may look like. */
@DatabaseTest(TestDatabase.H2)
@ExtendWith(OutputCaptureExtension.class)
class HandlerMethodTests extends ListenerFixture {

    private static final String LINE = "{\"sku\":\"a\",\"amount\":1}";
    private static final String LINES = "[{\"sku\":\"a\",\"amount\":1},{\"sku\":\"b\",\"amount\":2}]";

    private final MockEnvironment environment = new MockEnvironment();

    record Line(@NotBlank String sku, @Positive int amount) {}

    record Cart(@Valid List<Line> lines, Map<String, @Positive Integer> prices) {}

    @Override
    void customize(GenericApplicationContext application) {
        application.setEnvironment(environment);
    }

    private void effect(Object text) {
        jdbc.update("insert into effect values (?)", text.toString());
    }

    @IdempotentListener(topic = "${orders.topic}", consumerGroup = "", coalesce = "1")
    @Target(ElementType.METHOD)
    @Retention(RetentionPolicy.RUNTIME)
    @interface OrdersListener {

        @AliasFor(annotation = IdempotentListener.class, attribute = "consumerGroup")
        String group();

        @AliasFor(annotation = IdempotentListener.class, attribute = "coalesce")
        String together() default "7";
    }

    class Composed {
        @OrdersListener(group = "composed")
        void on(String text) {
            effect(text);
        }
    }

    @Test
    void anAnnotationOfTheApplicationsOwnMayStandForOurs() {
        environment.setProperty("orders.topic", "orders");
        broker.publish(Messages.message("m1", "text"));
        run(new Composed());

        drained();
        assertThat(effects()).containsExactly("text");
        assertThat(endpoint("composed").policy().coalesce()).isEqualTo(7);
        assertThat(endpoint("composed").policy().mirrorTopic())
                .as("the application's")
                .isNull();
    }

    class Repeated {
        @IdempotentListener(topic = "orders", consumerGroup = "one")
        @IdempotentListener(topic = "refunds", consumerGroup = "two")
        void on(String text) {
            effect(text);
        }
    }

    @Test
    void aMethodMayListenMoreThanOnce() {
        run(new Repeated());

        assertThat(endpoint("one").subscription().topic()).isEqualTo("orders");
        assertThat(endpoint("two").subscription().topic()).isEqualTo("refunds");
    }

    class Resolved {
        @IdempotentListener(
                id = "${p.id}",
                topic = "${p.topic}",
                consumerGroup = "#{'gr' + 'oup'}",
                tag = "${p.tag}",
                key = "${p.key}",
                concurrency = "#{1 + 2}",
                coalesce = "${p.coalesce}",
                ordered = "${p.ordered}",
                dedupWindow = "${p.window}",
                autoStartup = "#{!true}",
                maxAttempts = "${p.attempts}",
                initialDelay = "${p.initial}",
                multiplier = "#{1.5}",
                maxDelay = "${p.max}",
                mirrorTopic = "${p.mirror}")
        void on(String text) {}

        @IdempotentListener(
                topic = "t",
                consumerGroup = "g2",
                sql = "${p.sql}",
                batch = "${p.batch}",
                mirrorTopic = "#{'no' + 'ne'}",
                autoStartup = "false")
        void onBatch(List<String> texts) {}
    }

    @Test
    void everyAttributeMayBeAPlaceholderOrAnExpression() {
        Map.ofEntries(
                        Map.entry("id", "name"),
                        Map.entry("topic", "orders"),
                        Map.entry("tag", "a || b"),
                        Map.entry("key", "payload"),
                        Map.entry("coalesce", "5"),
                        Map.entry("ordered", "true"),
                        Map.entry("window", "3d"),
                        Map.entry("attempts", "4"),
                        Map.entry("initial", "2s"),
                        Map.entry("max", "9s"),
                        Map.entry("mirror", "dead-orders"),
                        Map.entry("sql", "x > 1"),
                        Map.entry("batch", "6"))
                .forEach((name, value) -> environment.setProperty("p." + name, value));
        run(new Resolved());

        ListenerEndpoint first = endpoint("group");
        assertThat(first.id()).isEqualTo("name");
        assertThat(first.subscription())
                .hasToString("Subscription[topic=orders, group=group, filter=a || b, sql=false, ordered=true]");
        assertThat(first.policy().keyed()).isTrue();
        assertThat(first.policy().concurrency()).isEqualTo(3);
        assertThat(first.policy().coalesce()).isEqualTo(5);
        assertThat(first.policy().autoStartup()).isFalse();
        assertThat(first.policy().dedupWindow()).isEqualTo(Duration.ofDays(3));
        assertThat(first.policy().retry())
                .isEqualTo(new RetryPolicy(4, Duration.ofSeconds(2), 1.5, Duration.ofSeconds(9)));
        ListenerEndpoint second = endpoint("g2");
        assertThat(second.subscription().filter()).isEqualTo("x > 1");
        assertThat(second.subscription().sql()).isTrue();
        assertThat(second.policy().coalesce()).isEqualTo(6);
        assertThat(first.policy().mirrorTopic()).isEqualTo("dead-orders");
        assertThat(second.policy().mirrorTopic()).as("none").isEmpty();
    }

    private ListenerEndpoint endpoint(String group) {
        return infrastructure.containers().ofGroup(group).orElseThrow();
    }

    class AllArguments {
        @IdempotentListener(topic = "orders", consumerGroup = "g")
        void on(
                @Header("region") String region,
                @Headers Map<String, Object> headers,
                MessageHeaders same,
                Message<List<Line>> message,
                @Payload List<Line> lines) {
            effect(region + " " + headers.get(ListenerHeaders.MESSAGE_ID) + " " + same.get(ListenerHeaders.TAG) + " "
                    + skus(message.getPayload()) + " " + skus(lines));
        }
    }

    private static String skus(List<Line> lines) {
        return lines.stream().map(Line::sku).collect(Collectors.joining("+"));
    }

    @Test
    void takesHeadersMessagesRecordsAndListsInAnyOrder() {
        broker.publish(Messages.message("m1", LINES));
        run(new AllArguments());

        drained();
        assertThat(effects()).containsExactly("eu & more=x m1 created a+b a+b");
    }

    class KeyedMessage {
        @IdempotentListener(topic = "orders", consumerGroup = "g", key = "payload[0].sku + payload[1].amount")
        void on(Message<List<Line>> message) {
            effect(skus(message.getPayload()));
        }
    }

    @Test
    void readsTheKeyFromAMessageOfAList() {
        broker.publish(Messages.message(null, LINES));
        broker.publish(Messages.message(null, LINES));
        run(new KeyedMessage());

        drained();
        assertThat(effects()).containsExactly("a+b");
        assertThat(infrastructure.deadLetters().count(DeadLetters.Letters.ofGroup("g")))
                .isZero();
    }

    abstract class Generic<T> {
        @IdempotentListener(topic = "orders", consumerGroup = "g", key = "payload.sku")
        void on(T payload) {
            handle(payload);
        }

        abstract void handle(T payload);
    }

    class Bound extends Generic<Line> {
        @Override
        void handle(Line line) {
            effect(line.sku());
        }
    }

    @Test
    void theBeansClassBindsTypeVariables() {
        broker.publish(Messages.message(null, LINE));
        run(new Bound());

        drained();
        assertThat(effects()).containsExactly("a");
    }

    class Validating {
        @IdempotentListener(topic = "orders", consumerGroup = "g")
        void on(@Valid Cart cart) {
            effect(cart);
        }
    }

    class ValidatingEach {
        @IdempotentListener(topic = "orders", consumerGroup = "g", batch = "10")
        void on(@Validated List<Cart> carts) {
            carts.forEach(HandlerMethodTests.this::effect);
        }
    }

    @Test
    void buriesAnInvalidPayloadAtOnceNamingWhatIsWrongButNoValue() {
        buriesWhatIsInvalid(new Validating());
    }

    @Test
    void validatesEachPayloadOfABatch() {
        buriesWhatIsInvalid(new ValidatingEach());
    }

    private void buriesWhatIsInvalid(Object listener) {
        try (LocalValidatorFactoryBean constraints = new LocalValidatorFactoryBean()) {
            constraints.afterPropertiesSet();
            validator = constraints;
            broker.publish(Messages.message("good", "{\"lines\":[{\"sku\":\"a\",\"amount\":1}],\"prices\":{}}"));
            broker.publish(Messages.message(
                    "bad", "{\"lines\":[{\"sku\":\"  \",\"amount\":-4711}],\"prices\":{\"secret\":-4712}}"));
            run(listener);

            drained();
            assertThat(effects()).hasSize(1);
            assertThat(infrastructure.deadLetters().list(DeadLetters.Letters.ofGroup("g"), null, 10))
                    .singleElement()
                    .satisfies(letter -> {
                        assertThat(letter.reason()).isEqualTo(DeadLetterReason.FATAL);
                        assertThat(letter.attempts()).isEqualTo(1);
                        assertThat(letter.error())
                                .contains("lines[0].sku must not be blank", "lines[0].amount must be greater than 0")
                                .contains("prices[...] must be greater than 0")
                                .doesNotContain("4711", "4712", "secret");
                    });
        }
    }

    @Test
    void refusesToIgnoreThatAPayloadIsToBeValidated() {
        refused(new Validating(), "there is no Validator bean");
        refused(new ValidatingEach(), "there is no Validator bean");
    }

    private void refused(Object listener, String message) {
        assertThatThrownBy(() -> run(listener))
                .isInstanceOf(ListenerConfigurationException.class)
                .hasMessageContaining(message);
        close();
        infrastructure = infrastructure(Duration.ofSeconds(60));
    }

    /** Lines of the form {@code sku=amount}. */
    private static final class LineConverter extends AbstractMessageConverter {

        LineConverter() {
            super(new MimeType("application", "json"));
        }

        @Override
        protected boolean supports(Class<?> type) {
            return type == Line.class;
        }

        @Override
        protected Object convertFromInternal(Message<?> message, Class<?> type, Object hint) {
            String[] parts = new String((byte[]) message.getPayload(), UTF_8).split("=");
            return new Line(parts[0], Integer.parseInt(parts[1]));
        }
    }

    class Converted {
        @IdempotentListener(topic = "orders", consumerGroup = "g", batch = "4")
        void on(List<Message<Line>> lines) {
            lines.forEach(line -> effect(line.getPayload().sku()
                    + line.getPayload().amount() + " of " + line.getHeaders().get(ListenerHeaders.MESSAGE_ID)));
        }
    }

    @Test
    void readsWhatAConverterOfTheApplicationReads() {
        converter = new LineConverter();
        broker.publish(Messages.message("m1", "x=5"));
        run(new Converted());

        drained();
        assertThat(effects()).containsExactly("x5 of m1");
    }

    @Test
    void saysNoHeadersValueWhenAPayloadCannotBeRead(CapturedOutput output) {
        broker.publish(Messages.message("m1", "{no json"));
        broker.publish(Messages.message("m2", "{no json"));
        run(new AllArguments());
        drained();
        close();
        infrastructure = infrastructure(Duration.ofSeconds(60));
        broker.publish(Messages.message(null, "{no json"));
        run(new KeyedMessage());

        drained();
        assertThat(output).contains("became a dead letter").doesNotContain("more=x");
    }

    @Test
    void buriesTheOneOfABatchThatCannotBeRead() {
        broker.publish(Messages.message("m1", "{\"sku\":{}}"));
        broker.publish(Messages.message("m2", LINE));
        run(new Converted());

        drained();
        assertThat(effects()).containsExactly("a1 of m2");
        assertThat(infrastructure.deadLetters().list(DeadLetters.Letters.ofGroup("g"), null, 10))
                .extracting(DeadLetter::reason)
                .containsExactly(DeadLetterReason.FATAL);
    }

    class PickyArguments {
        @IdempotentListener(topic = "orders", consumerGroup = "absent", autoStartup = "false")
        void absent(String text, @Header("nobody-sends-it") String header) {
            effect(text);
        }

        @IdempotentListener(topic = "orders", consumerGroup = "typed", autoStartup = "false")
        void typed(String text, @Header("region") int number) {
            effect(text);
        }

        @IdempotentListener(topic = "orders", consumerGroup = "unknown-type", autoStartup = "false")
        void unknownType(String text, @Header("region") Runnable action) {
            effect(text);
        }

        @IdempotentListener(topic = "orders", consumerGroup = "primitive", autoStartup = "false")
        void primitive(String text, @Header(value = "nobody-sends-it", required = false) long header) {
            effect(text);
        }

        @IdempotentListener(topic = "orders", consumerGroup = "all-headers", autoStartup = "false")
        void allHeaders(String text, @Headers TreeMap<String, Object> headers) {
            effect(text);
        }

        @IdempotentListener(topic = "orders", consumerGroup = "message", autoStartup = "false")
        void message(Message<Line> message) {
            effect(message);
        }

        @IdempotentListener(topic = "orders", consumerGroup = "records", autoStartup = "false")
        void records(Line line) {
            effect(line);
        }

        @IdempotentListener(topic = "orders", consumerGroup = "each", batch = "3", autoStartup = "false")
        void each(List<Line> lines) {
            effect(lines);
        }
    }

    @Test
    void buriesAtOnceWhatNoArgumentCanBeMadeOfNamingTheArgumentButNoValue(CapturedOutput output) {
        run(new PickyArguments());
        infrastructure.containers().list().forEach(listener -> infrastructure
                .processor()
                .process(
                        endpoint(listener.consumerGroup()),
                        Messages.message("m1", "{\"sku\":\"a\",\"amount\":\"s3cret\"}")));

        assertThat(effects()).isEmpty();
        Map<String, String> errors = infrastructure.deadLetters().list(DeadLetters.Letters.all(), null, 10).stream()
                .peek(letter -> assertThat(letter.reason()).isEqualTo(DeadLetterReason.FATAL))
                .peek(letter -> assertThat(letter.attempts()).isEqualTo(1))
                .collect(Collectors.toMap(DeadLetter::consumerGroup, DeadLetter::error));
        assertThat(errors).hasSize(8);
        assertThat(errors.get("absent")).contains("The message has no header \"nobody-sends-it\"", "java.lang.String");
        assertThat(errors.get("typed")).contains("header \"region\" cannot be made a int", "NumberFormatException");
        assertThat(errors.get("unknown-type"))
                .contains("header \"region\" cannot be made a java.lang.Runnable", "ConverterNotFoundException");
        assertThat(errors.get("primitive")).contains("The message has no header \"nobody-sends-it\"");
        assertThat(errors.get("all-headers")).contains("The headers cannot be made a java.util.TreeMap");
        assertThat(errors.get("message")).contains("Line", " at amount", "InvalidFormatException");
        assertThat(errors.get("records")).contains("Line", " at amount", "InvalidFormatException");
        assertThat(errors.get("each")).contains("Line", " at amount", "InvalidFormatException");
        assertThat(errors.values()).noneMatch(error -> error.contains("s3cret") || error.contains("more=x"));
        assertThat(output).contains("became a dead letter").doesNotContain("s3cret", "more=x");
    }

    class Deep {
        @IdempotentListener(topic = "orders", consumerGroup = "g")
        void on(Cart cart) {
            effect(cart);
        }
    }

    @Test
    void saysWhereAPayloadIsWrongButNotTheKeyOfAMap() {
        broker.publish(Messages.message("m1", "{\"lines\":[{\"sku\":\"a\",\"amount\":1},{\"amount\":{}}]}"));
        broker.publish(Messages.message("m2", "{\"prices\":{\"s3cret\":\"s3cret\"}}"));
        run(new Deep());

        drained();
        assertThat(infrastructure.deadLetters().list(DeadLetters.Letters.ofGroup("g"), null, 10))
                .extracting(DeadLetter::error)
                .satisfiesExactlyInAnyOrder(
                        error -> assertThat(error).contains(" at lines[1].amount ("),
                        error -> assertThat(error).contains(" at prices[...] (").doesNotContain("s3cret"));
    }

    public record Priced(String price) {

        public int number() {
            return Integer.parseInt(price);
        }
    }

    class KeyedByMessageKey {
        @IdempotentListener(topic = "orders", consumerGroup = "g", key = "message.keys()[0]")
        void on(String text) {
            effect(text);
        }
    }

    /** Somebody else's producer may put a bar into a tag. */
    @Test
    void aTagIsNoPartOfTheKeyOfAnotherTag() {
        broker.publish(tagged("1", "a", "b|c"));
        broker.publish(tagged("2", "a|b", "c"));
        run(new KeyedByMessageKey());

        drained();
        assertThat(effects()).hasSize(2);
    }

    private static ReceivedMessage tagged(String id, String tag, String key) {
        return new ReceivedMessage(
                id,
                "orders",
                tag,
                List.of(key),
                null,
                "text/plain",
                "same".getBytes(UTF_8),
                Map.of(),
                System.currentTimeMillis(),
                0,
                1,
                "handle-" + id);
    }

    class KeyedByNumber {
        @IdempotentListener(topic = "orders", consumerGroup = "g", key = "payload.number()")
        void on(Priced priced) {
            effect(priced);
        }
    }

    @Test
    void saysWhichKeyExpressionFailsButNoValue(CapturedOutput output) {
        broker.publish(Messages.message("m1", "{\"price\":\"s3cret\"}"));
        run(new KeyedByNumber());

        drained();
        assertThat(infrastructure.deadLetters().list(DeadLetters.Letters.ofGroup("g"), null, 10))
                .singleElement()
                .satisfies(letter -> {
                    assertThat(letter.reason()).isEqualTo(DeadLetterReason.INVALID_KEY);
                    assertThat(letter.error())
                            .contains("\"payload.number()\" fails", "NumberFormatException")
                            .doesNotContain("s3cret");
                });
        assertThat(output).contains("became a dead letter").doesNotContain("s3cret");
    }

    class ConvertedLine {
        @IdempotentListener(topic = "orders", consumerGroup = "g")
        void on(Line line) {
            effect(line);
        }
    }

    @Test
    void triesAgainWhatAConverterOfTheApplicationRefusesButQuotesItNowhere(CapturedOutput output) {
        converter = new LineConverter();
        broker.publish(Messages.message("m1", "x=s3cret"));
        run(new ConvertedLine());

        drained();
        assertThat(infrastructure.deadLetters().list(DeadLetters.Letters.ofGroup("g"), null, 10))
                .singleElement()
                .satisfies(letter -> {
                    assertThat(letter.reason()).isEqualTo(DeadLetterReason.EXHAUSTED);
                    assertThat(letter.error())
                            .contains("Line", "NumberFormatException")
                            .doesNotContain("s3cret");
                });
        assertThat(output).contains("became a dead letter").doesNotContain("s3cret");
    }
}
