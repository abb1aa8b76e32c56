package io.reliablemq.consumer.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.reliablemq.consumer.IdempotentListener;
import io.reliablemq.consumer.ListenerDefinition;
import io.reliablemq.consumer.ListenerHeaders;
import io.reliablemq.consumer.ListenerRegistrar;
import io.reliablemq.consumer.Messages;
import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;
import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.core.annotation.AliasFor;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.Headers;
import org.springframework.messaging.handler.annotation.Payload;

/** The Java blocks of docs/listening.md, run as they stand there. */
@DatabaseTest(TestDatabase.H2)
class ListeningGuideTests extends ListenerFixture {

    private static final String HERE = "src/test/java/io/reliablemq/consumer/wiring/ListeningGuideTests.java";
    private static final String JOURNEY =
            "../reliable-mq-spring-boot-starter/src/test/java/io/reliablemq/journey/JourneyTests.java";

    record Order(String id) {}

    record Click(String page) {}

    @Test
    void showsWhatIsTested() throws IOException {
        String tests = squeezed(Files.readString(Path.of(HERE)) + Files.readString(Path.of(JOURNEY)));
        List<String> blocks = Pattern.compile("```java\\R(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("../docs/listening.md")))
                .results()
                .map(block -> squeezed(block.group(1)))
                .toList();

        assertThat(blocks).isNotEmpty().allSatisfy(block -> assertThat(tests).contains(block));
    }

    private static String squeezed(String text) {
        return text.replaceAll("\\s+", "");
    }

    class Reserving {
        @IdempotentListener(topic = "orders", consumerGroup = "inventory", tag = "placed")
        void reserve(Order order) {
            jdbc.update("insert into effect values (?)", "reserved " + order.id());
        }
    }

    class Auditing {
        @IdempotentListener(topic = "orders", consumerGroup = "audit")
        void audit(
                @Payload Order order,
                @Header(ListenerHeaders.MESSAGE_ID) String id,
                @Header(name = "source", required = false) String source,
                @Headers Map<String, Object> headers) {
            jdbc.update("insert into effect values (?)", id + " " + order.id() + " " + source + " " + headers.size());
        }
    }

    @IdempotentListener(topic = "orders", consumerGroup = "", concurrency = "8")
    @Target(ElementType.METHOD)
    @Retention(RetentionPolicy.RUNTIME)
    @interface OrdersListener {

        @AliasFor(annotation = IdempotentListener.class, attribute = "consumerGroup")
        String group();
    }

    class Composed {
        @OrdersListener(group = "composed")
        void on(Order order) {
            jdbc.update("insert into effect values (?)", "composed " + order.id());
        }
    }

    class Filtered {
        @IdempotentListener(topic = "orders", consumerGroup = "large-orders", sql = "region = 'eu' AND amount > 1000")
        void large(Order order) {
            jdbc.update("insert into effect values (?)", "large " + order.id());
        }
    }

    class Counting {
        @IdempotentListener(topic = "clicks", consumerGroup = "statistics", batch = "32")
        void count(List<Click> clicks) {
            jdbc.batchUpdate(
                    "insert into effect values (?)",
                    clicks.stream().map(click -> new Object[] {click.page()}).toList());
        }
    }

    class Shipping {
        @IdempotentListener(
                topic = "orders-by-customer",
                consumerGroup = "shipping",
                ordered = "true",
                concurrency = "8")
        void ship(Order order) {
            jdbc.update("insert into effect values (?)", "shipped " + order.id());
        }
    }

    @Test
    void methods() {
        effectOf(new Reserving(), "reserved 17");
        effectOf(new Auditing(), "m-Auditing 17 null 11");
        effectOf(new Composed(), "composed 17");
        effectOf(new Filtered(), "large 17");
        effectOf(new Shipping(), "shipped 17");
    }

    private void effectOf(Object listener, String effect) {
        String id = "m-" + listener.getClass().getSimpleName();
        broker.publish(Messages.message(id, "{\"id\":\"17\"}"));
        run(listener);
        drained();
        assertThat(effects()).contains(effect);
        close();
        infrastructure = infrastructure(Duration.ofSeconds(60));
    }

    @Test
    void batches() {
        broker.publish(Messages.message("1", "{\"page\":\"/\"}"));
        broker.publish(Messages.message("2", "{\"page\":\"/shop\"}"));
        run(new Counting());

        drained();
        assertThat(effects()).containsExactlyInAnyOrder("/", "/shop");
    }

    private interface Campaign {
        void count(Order order);
    }

    @Test
    void atRunTime() {
        Campaign campaign = order -> jdbc.update("insert into effect values (?)", order.id());
        run("no listener");
        ListenerRegistrar registrar = registrar();
        broker.publish(Messages.message("1", "{\"id\":\"17\"}"));

        registrar.register(ListenerDefinition.on("orders", "campaign")
                .tag("placed")
                .concurrency(2)
                .handledBy(Order.class, message -> campaign.count(message.getPayload())));
        drained();
        await().until(() -> effects().equals(List.of("17")));
        registrar.remove("campaign");

        assertThat(infrastructure.containers().list()).isEmpty();
    }
}
