package io.reliablemq.consumer.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.reliablemq.consumer.DeadLetter;
import io.reliablemq.consumer.DeadLetters;
import io.reliablemq.consumer.FatalListenerException;
import io.reliablemq.consumer.ListenerConfigurationException;
import io.reliablemq.consumer.ListenerDefinition;
import io.reliablemq.consumer.ListenerHeaders;
import io.reliablemq.consumer.ListenerStatus;
import io.reliablemq.consumer.Messages;
import io.reliablemq.consumer.RetryPolicy;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.ParameterizedTypeReference;

/** Listeners that come and go while the application runs. */
@DatabaseTest(TestDatabase.H2)
class ListenerRegistrarTests extends ListenerFixture {

    record Item(String sku) {}

    @BeforeEach
    void startWithoutListeners() {
        run("no listener");
    }

    @Test
    void handlesMessagesUntilItIsRemovedAndGoesOnWhenItIsRegisteredAgain() {
        ListenerDefinition<String> texts =
                ListenerDefinition.on("orders", "g").handledBy(String.class, message -> effect(message.getPayload()));
        registrar().register(texts);
        broker.publish(Messages.message("m1", "one"));
        drained();

        registrar().remove("g");
        assertThat(broker.closed).isTrue();
        assertThat(infrastructure.containers().list()).isEmpty();
        assertThatThrownBy(() -> registrar().remove("g")).isInstanceOf(IllegalArgumentException.class);
        broker.publish(Messages.message("m1", "one"));
        broker.publish(Messages.message("m2", "two"));

        registrar().register(texts);
        drained();
        assertThat(effects()).containsExactly("one", "two");
    }

    @Test
    void convertsThePayloadReadsTheKeyAndGivesHeaders() {
        registrar()
                .register(ListenerDefinition.on("orders", "g")
                        .key("payload[0].sku")
                        .handledBy(
                                new ParameterizedTypeReference<List<Item>>() {},
                                message -> effect(message.getPayload().get(1).sku() + " "
                                        + message.getHeaders().get(ListenerHeaders.TAG))));
        broker.publish(Messages.message(null, "[{\"sku\":\"a\"},{\"sku\":\"b\"}]"));
        broker.publish(Messages.message(null, "[{\"sku\":\"a\"},{\"sku\":\"b\"}]"));

        drained();
        assertThat(effects()).containsExactly("b created");
    }

    @Test
    void hasTheSettingsThatItIsGiven() {
        RetryPolicy twice = new RetryPolicy(2, Duration.ofMillis(1), 1, Duration.ofMillis(1));
        registrar()
                .register(ListenerDefinition.on("orders", "g")
                        .id("name")
                        .sql("x > 1")
                        .ordered()
                        .concurrency(3)
                        .coalesce(5)
                        .dedupWindow(Duration.ofDays(2))
                        .autoStartup(false)
                        .retry(twice)
                        .fatal(ArithmeticException.class)
                        .mirrorTopic("dead-orders")
                        .handledBy(String.class, message -> {}));

        ListenerEndpoint endpoint = infrastructure.containers().ofGroup("g").orElseThrow();
        assertThat(endpoint.id()).isEqualTo("name");
        assertThat(endpoint.subscription())
                .hasToString("Subscription[topic=orders, group=g, filter=x > 1, sql=true, ordered=true]");
        assertThat(endpoint.policy())
                .hasToString("ListenerPolicy[concurrency=3, coalesce=5, autoStartup=false, keyed=false,"
                        + " dedupWindow=PT48H, retry=" + twice + ", fatal=[class java.lang.ArithmeticException],"
                        + " mirrorTopic=dead-orders]");
        assertThat(state("name")).isEqualTo(ListenerStatus.State.STOPPED);
    }

    @Test
    void buriesWhatItsHandlerCannotHandle() {
        registrar().register(ListenerDefinition.on("orders", "g").handledBy(String.class, message -> {
            effect(message.getPayload());
            throw new FatalListenerException("no");
        }));
        broker.publish(Messages.message("m1", "one"));

        drained();
        assertThat(effects()).isEmpty();
        assertThat(infrastructure.deadLetters().list(DeadLetters.Letters.ofGroup("g"), null, 10))
                .extracting(DeadLetter::messageId)
                .containsExactly("m1");
    }

    @Test
    void isNotAddedWhenItCannotWork() {
        ListenerDefinition.Builder builder = ListenerDefinition.on("orders", "g");
        refused(builder.tag("a").sql("b = 1").handledBy(String.class, message -> {}), "keep one of them");
        refused(
                ListenerDefinition.on("orders", "g").key("payload.(").handledBy(String.class, message -> {}),
                "is not a valid expression");
        broker.misfit = "Group g is not FIFO";
        refused(ListenerDefinition.on("orders", "g").handledBy(String.class, message -> {}), "Group g is not FIFO");
        broker.misfit = null;

        registrar().register(ListenerDefinition.on("orders", "g").handledBy(String.class, message -> {}));
        await().until(() -> state("g") == ListenerStatus.State.RUNNING);
        assertThatThrownBy(() -> registrar()
                        .register(ListenerDefinition.on("orders", "g2").id("g").handledBy(String.class, message -> {})))
                .isInstanceOf(ListenerConfigurationException.class)
                .hasMessageContaining("Two listeners have the id 'g'");
    }

    private void refused(ListenerDefinition<?> definition, String problem) {
        assertThatThrownBy(() -> registrar().register(definition))
                .isInstanceOf(ListenerConfigurationException.class)
                .hasMessageContaining(problem);
        assertThat(infrastructure.containers().list()).isEmpty();
    }

    private void effect(String text) {
        jdbc.update("insert into effect values (?)", text);
    }
}
