package io.reliablemq.benchmarks.consume;

import io.reliablemq.benchmarks.database.BenchmarkDatabase;
import io.reliablemq.benchmarks.subject.ReliableMq;
import io.reliablemq.consumer.ConsumerSettings;
import io.reliablemq.consumer.IdempotentListener;
import io.reliablemq.consumer.handler.ListenerAnnotationProcessor;
import io.reliablemq.consumer.spi.ListenerObserver;
import io.reliablemq.consumer.spi.MessageReceiverFactory;
import io.reliablemq.consumer.wiring.ListenerInfrastructure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.jdbc.datasource.init.DatabasePopulatorUtils;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.messaging.converter.JacksonJsonMessageConverter;

/** Ours: an annotated method in an application context, with the settings that it has by default. */
public final class Listening implements Consumer {

    static final String COALESCED = "coalesced";
    private static final String BATCH = "batch";

    public static final String INBOX = "reliable_mq_inbox";

    private final Effects effects;
    private final int coalesce;
    private final boolean batch;

    private Listening(Effects effects, int coalesce, boolean batch) {
        this.effects = effects;
        this.coalesce = coalesce;
        this.batch = batch;
    }

    /** Creates the tables. */
    public static Listening each(BenchmarkDatabase database, Effects effects) {
        try {
            String scripts = "classpath:db/reliable-mq/inbox/" + database.name() + "/V*__*.sql";
            DatabasePopulatorUtils.execute(
                    new ResourceDatabasePopulator(new PathMatchingResourcePatternResolver().getResources(scripts)),
                    effects.dataSource());
        } catch (IOException e) {
            throw new UncheckedIOException("The scripts that create the inbox's tables are not readable", e);
        }
        return new Listening(effects, 1, false);
    }

    /** Adds dedup records of messages that were consumed before. */
    public static void record(BenchmarkDatabase database, int records) {
        if (records == 0) {
            return;
        }
        String from = " FROM generate_series(1, " + records + ") AS seq(n)";
        String id = "'01990000-0000-7000-8000-' || lpad(n::text, 12, '0')";
        String row = "'benchmark'::bytea, (" + id + ")::bytea, (" + id + ")::bytea, sha256(n::text::bytea)";
        String now = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint";
        if (!database.isPostgreSql()) {
            from = " FROM (" + numbers(records) + ") AS seq";
            id = "concat('01990000-0000-7000-8000-', lpad(n, 12, '0'))";
            row = "'benchmark', " + id + ", " + id + ", unhex(sha2(n, 256))";
            now = "timestampdiff(microsecond, '1970-01-01', utc_timestamp(6)) div 1000";
        }
        database.execute("INSERT INTO " + INBOX
                + " (consumer_group, message_key, message_id, digest, state, processed_at) SELECT " + row + ", 'DONE', "
                + now + from);
        database.settle(INBOX);
    }

    /** The digits of a number, multiplied. */
    private static String numbers(int count) {
        String digits = "SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4"
                + " UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9";
        StringBuilder value = new StringBuilder("0");
        StringBuilder from = new StringBuilder();
        long factor = 1;
        for (int position = 0; factor < count; position++) {
            value.append(" + ").append(factor).append(" * d").append(position).append(".d");
            from.append(position == 0 ? " FROM (" : ", (")
                    .append(digits)
                    .append(") AS d")
                    .append(position);
            factor *= 10;
        }
        return "SELECT " + value + " AS n" + from + " HAVING n < " + count;
    }

    /** The same tables, with that many messages in one transaction at most. */
    public Listening coalescing(int messages) {
        return new Listening(effects, messages, false);
    }

    /** The same tables, with a method that takes that many messages at most and writes their effects as batches. */
    public Listening batching(int messages) {
        return new Listening(effects, messages, true);
    }

    @Override
    public String subject() {
        return ReliableMq.NAME;
    }

    @Override
    public String variant() {
        return batch ? BATCH : coalesce == 1 ? "" : COALESCED;
    }

    @Override
    public Running start(MessageReceiverFactory source, String topic, String group, int threads) {
        GenericApplicationContext context = new GenericApplicationContext();
        context.getEnvironment()
                .getPropertySources()
                .addFirst(new MapPropertySource(
                        "benchmark", Map.of("topic", topic, "group", group, "threads", threads, "coalesce", coalesce)));
        ListenerInfrastructure infrastructure = new ListenerInfrastructure(
                effects.dataSource(),
                effects.transactionManager(),
                source,
                ConsumerSettings.defaults(),
                ListenerObserver.NONE);
        context.registerBean("containers", Object.class, infrastructure::containers);
        context.registerBean(
                ListenerAnnotationProcessor.class,
                () -> ListenerInfrastructure.annotationProcessor(
                        () -> infrastructure, JacksonJsonMessageConverter::new, () -> null));
        if (batch) {
            context.registerBean(BatchHandler.class, () -> new BatchHandler(effects));
        } else {
            context.registerBean(Handler.class, () -> new Handler(effects));
        }
        context.refresh();
        return context::close;
    }

    /** What an application writes. */
    static final class Handler {

        private final Effects effects;

        Handler(Effects effects) {
            this.effects = effects;
        }

        @IdempotentListener(
                topic = "${topic}",
                consumerGroup = "${group}",
                concurrency = "${threads}",
                coalesce = "${coalesce}")
        void on(Effects.Order order) {
            effects.apply(order);
        }
    }

    /** The same for many messages at once. */
    static final class BatchHandler {

        private final Effects effects;

        BatchHandler(Effects effects) {
            this.effects = effects;
        }

        @IdempotentListener(
                topic = "${topic}",
                consumerGroup = "${group}",
                concurrency = "${threads}",
                batch = "${coalesce}")
        void on(List<Effects.Order> orders) {
            effects.applyAll(orders);
        }
    }
}
