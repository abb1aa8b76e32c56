package io.reliablemq.samples.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.web.client.RestClient;

/** The sample as it is started, over HTTP, on its embedded broker; a subclass for each database that it has a profile for. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@DirtiesContext // the files are deleted after the application has let go of them
abstract class OrderServiceContract {

    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    static Path data;

    @Autowired
    private JdbcClient jdbc;

    private RestClient http;

    @BeforeEach
    void connect(@Value("${local.server.port}") int port) {
        http = RestClient.builder()
                .baseUrl("http://127.0.0.1:" + port)
                .defaultStatusHandler(status -> true, (request, response) -> {})
                .build();
    }

    @DynamicPropertySource
    static void data(DynamicPropertyRegistry properties) {
        properties.add("orders.data-directory", () -> data.toAbsolutePath().toString());
    }

    @BeforeEach
    void refill() {
        jdbc.sql("update stock set quantity = initial").update();
    }

    @Test
    void anOrderTakesFromTheStockAndNotifiesTheCustomerOnce() {
        assertThat(place("o-1", "apple", "")).isEqualTo(HttpStatus.CREATED);

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(effects("o-1")).isEqualTo(Map.of("inventory", 1, "notification", 1)));
        assertThat(stock("apple")).isEqualTo(99_997);
    }

    @Test
    void aRolledBackOrderLeavesNothingAndTellsNobody() {
        assertThat(place("o-2", "banana", "?fail=true")).isEqualTo(HttpStatus.PAYMENT_REQUIRED);
        assertThat(place("o-3", "cherry", "")).isEqualTo(HttpStatus.CREATED);

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(effects("o-3")).isEqualTo(Map.of("inventory", 1, "notification", 1)));
        assertThat(http.get().uri("/orders/o-2").retrieve().toBodilessEntity().getStatusCode())
                .isEqualTo(HttpStatus.NOT_FOUND);
        assertThat(effects("o-2")).isEqualTo(Map.of("inventory", 0, "notification", 0));
    }

    @Test
    void aRepeatedRequestIsTheSameOrder() {
        assertThat(place("o-4", "date", "")).isEqualTo(HttpStatus.CREATED);
        assertThat(place("o-4", "date", "")).isEqualTo(HttpStatus.OK);

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(effects("o-4")).isEqualTo(Map.of("inventory", 1, "notification", 1)));
        assertThat(jdbc.sql("select count(*) from reliable_mq_outbox where message_key = 'o-4'")
                        .query(Integer.class)
                        .single())
                .isZero();
    }

    @Test
    void anOrderThatCannotBeServedBecomesADeadLetter() {
        assertThat(place("o-5", "durian", "")).isEqualTo(HttpStatus.CREATED);

        await().atMost(SOON).untilAsserted(() -> assertThat(
                        http.get().uri("/stats").retrieve().body(Stats.class).deadLetters())
                .containsEntry("inventory", 1L));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(effects("o-5")).isEqualTo(Map.of("inventory", 0, "notification", 1)));
    }

    private HttpStatusCode place(String id, String item, String query) {
        return http.post()
                .uri("/orders" + query)
                .body(new Order(id, item, 3, "ann"))
                .retrieve()
                .toBodilessEntity()
                .getStatusCode();
    }

    private Map<String, Integer> effects(String order) {
        return Map.of("inventory", rows("reservation", order), "notification", rows("notification", order));
    }

    private int rows(String table, String order) {
        return jdbc.sql("select count(*) from " + table + " where order_id = ?")
                .param(order)
                .query(Integer.class)
                .single();
    }

    private int stock(String item) {
        return jdbc.sql("select quantity from stock where item = ?")
                .param(item)
                .query(Integer.class)
                .single();
    }
}
