package io.reliablemq.consumer.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.reliablemq.consumer.DeadLetters.Letters;
import io.reliablemq.consumer.IdempotentListener;
import io.reliablemq.consumer.ListenerStatus;
import io.reliablemq.consumer.Messages;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.consumer.spi.ListenerObserver;
import io.reliablemq.testdatabases.Database;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The database is gone for a while under load: its connections break in the middle of whatever they do, and none can be made. */
abstract class DatabaseOutageContract extends ListenerFixture {

    private static final Logger log = LoggerFactory.getLogger(DatabaseOutageContract.class);
    private static final Duration OUTAGE =
            Duration.ofSeconds(Integer.getInteger("reliable-mq.database-outage.seconds", 2));
    private static final Pattern PORT = Pattern.compile("(//[^/:]+:)(\\d+)");

    private final AtomicInteger published = new AtomicInteger();
    private final AtomicInteger counted = new AtomicInteger();
    private final ScheduledExecutorService publisher = Executors.newSingleThreadScheduledExecutor();
    private CuttableNetwork network;

    /** What fails together is handled again, each by itself. */
    final class Effects {

        @IdempotentListener(topic = "orders", consumerGroup = "g", coalesce = "16")
        void on(String text) {
            jdbc.update("insert into effect values (?)", text);
        }
    }

    @Override
    Database reached(Database database) {
        Matcher url = PORT.matcher(database.jdbcUrl());
        if (!url.find()) {
            throw new IllegalArgumentException(database.jdbcUrl());
        }
        try {
            network = new CuttableNetwork(Integer.parseInt(url.group(2)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        observer = new ListenerObserver() {
            @Override
            public void failed(ListenerEndpoint listener, Throwable cause) {
                counted.incrementAndGet();
            }
        };
        String through = url.replaceFirst("//127.0.0.1:" + network.port());
        return new Database(database.vendor(), through, database.username(), database.password());
    }

    @AfterEach
    void stop() throws IOException {
        publisher.shutdownNow();
        network.close();
    }

    @Test
    void countsNothingBuriesNothingAndDrainsAfterwards() {
        publisher.scheduleAtFixedRate(this::publish, 0, 2, TimeUnit.MILLISECONDS);
        run(new Effects());
        await().atMost(Duration.ofSeconds(30)).until(() -> broker.acknowledged.get() > 50);
        network.cut();
        await().atMost(Duration.ofSeconds(30)).until(() -> state("g") == ListenerStatus.State.PAUSED_INFRASTRUCTURE);
        await().pollDelay(OUTAGE).atMost(OUTAGE.plusSeconds(30)).until(() -> true);
        publisher.shutdownNow();
        int waiting = broker.remaining();
        long healed = System.nanoTime();
        network.heal();
        await().atMost(Duration.ofSeconds(60)).until(() -> broker.remaining() == 0);
        log.info("{} messages waited, drained within {}", waiting, Duration.ofNanos(System.nanoTime() - healed));

        assertThat(effects()).hasSize(published.get()).doesNotHaveDuplicates();
        assertThat(counted).hasValue(0);
        assertThat(infrastructure.deadLetters().count(Letters.all())).isZero();
    }

    private void publish() {
        String id = "m" + published.incrementAndGet();
        broker.publish(Messages.message(id, id));
    }
}
