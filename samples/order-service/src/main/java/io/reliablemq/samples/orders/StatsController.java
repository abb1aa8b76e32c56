package io.reliablemq.samples.orders;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.reliablemq.consumer.DeadLetters;
import io.reliablemq.consumer.DeadLetters.Letters;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What a person who watches the demo wants to see. */
@RestController
class StatsController {

    private final JdbcClient jdbc;
    private final DeadLetters deadLetters;
    private final MeterRegistry meters;

    StatsController(JdbcClient jdbc, DeadLetters deadLetters, MeterRegistry meters) {
        this.jdbc = jdbc;
        this.deadLetters = deadLetters;
        this.meters = meters;
    }

    @GetMapping("/stats")
    Stats stats() {
        return new Stats(
                rows("placed_order"),
                rows("reliable_mq_outbox"),
                Map.of("inventory", rows("reservation"), "notification", rows("notification")),
                duplicates(),
                Map.of(
                        "inventory", deadLetters.count(Letters.ofGroup("inventory")),
                        "notification", deadLetters.count(Letters.ofGroup("notification"))));
    }

    private long rows(String table) {
        return jdbc.sql("select count(*) from " + table).query(Long.class).single();
    }

    private long duplicates() {
        return (long) meters.find("reliable.mq.listener.duplicates").counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }
}
