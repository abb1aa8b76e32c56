package io.reliablemq.failpoints;

import io.reliablemq.consumer.IdempotentListener;
import io.reliablemq.outbox.Outbox;
import io.reliablemq.outbox.OutboxMessage;
import io.reliablemq.outbox.ReliableSend;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;

/** Everything that a message can do. */
@SpringBootConfiguration
@EnableAutoConfiguration
@Import(FailpointShop.Sales.class)
class FailpointShop {

    static final String POISON = "poison";

    static class Sales {

        private final JdbcClient jdbc;
        private final Outbox outbox;
        private final Map<String, Integer> calls = new ConcurrentHashMap<>();

        Sales(JdbcClient jdbc, Outbox outbox) {
            this.jdbc = jdbc;
            this.outbox = outbox;
            jdbc.sql("create table if not exists sold (sale varchar(40) not null)")
                    .update();
        }

        @Transactional
        @ReliableSend(topic = "sales")
        public String sell(String sale) {
            return sale;
        }

        @Transactional
        @ReliableSend(topic = "nowhere")
        public String sellInNowhere() {
            return "nothing";
        }

        @Transactional
        public UUID sellLater(Duration delay) {
            return outbox.send(OutboxMessage.to("later").delay(delay).payload("later"));
        }

        @Transactional
        public void takeBack(UUID id) {
            outbox.cancel(id);
        }

        @IdempotentListener(topic = "sales", consumerGroup = "sales", initialDelay = "1s", maxAttempts = "2")
        public void sold(String sale) {
            calls.merge(sale, 1, Integer::sum);
            if (sale.contains(POISON)) {
                throw new IllegalStateException("cannot be sold");
            }
            record(sale);
        }

        @IdempotentListener(topic = "later", consumerGroup = "later")
        public void soldLater(String sale) {
            record(sale);
        }

        int calls(String sale) {
            return calls.getOrDefault(sale, 0);
        }

        int pending() {
            return jdbc.sql("select count(*) from reliable_mq_outbox")
                    .query(Integer.class)
                    .single();
        }

        private void record(String sale) {
            jdbc.sql("insert into sold (sale) values (?)").param(sale).update();
        }
    }
}
