package io.reliablemq.outbox.write;

import io.reliablemq.outbox.Cancellation;
import io.reliablemq.outbox.MessageRejectedException;
import io.reliablemq.outbox.Outbox;
import io.reliablemq.outbox.OutboxException;
import io.reliablemq.outbox.OutboxMessage;
import io.reliablemq.outbox.SendMode;
import io.reliablemq.outbox.spi.AdmissionSettings;
import io.reliablemq.outbox.spi.CompressionSettings;
import io.reliablemq.outbox.spi.DirectFeed;
import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.outbox.spi.MessageRules;
import io.reliablemq.outbox.spi.OutboxStore;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.PayloadConverter;
import io.reliablemq.outbox.spi.PayloadEncryption;
import io.reliablemq.outbox.spi.RelayFeed;
import io.reliablemq.outbox.spi.WriteObserver;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The {@link Outbox}: messages are serialised and checked at {@code send}, held with the transaction, and written in one
 * INSERT when it is about to commit. Direct ones are handed on after the commit, or at once where there is no transaction.
 *
 * <p>Needs {@link OutboxTransactionManagerPostProcessor}: a {@code send} in a transaction that was begun without it is
 * refused.
 *
 * <p><b>Thread</b>: safe for use by any thread.
 */
public final class TransactionalOutbox implements Outbox {

    private final TransactionCheck transactions;
    private final Admission admission;
    private final MessageFactory messages;
    private final RowWriter.Target target;
    private final @Nullable DirectFeed direct;

    private TransactionalOutbox(
            TransactionCheck transactions,
            Admission admission,
            MessageFactory messages,
            RowWriter.Target target,
            @Nullable DirectFeed direct) {
        this.transactions = transactions;
        this.admission = admission;
        this.messages = messages;
        this.target = target;
        this.direct = direct;
    }

    /** @param dataSource the one that business transactions are bound to */
    public static Builder on(DataSource dataSource) {
        return new Builder(dataSource);
    }

    /** What {@code send} does to a payload before it is written, for other ways to get one there. */
    public static UnaryOperator<OutgoingMessage> encoding(
            CompressionSettings compression, @Nullable PayloadEncryption encryption) {
        return new PayloadEncoding(compression, encryption)::encode;
    }

    @Override
    public UUID send(OutboxMessage message) {
        return sendAll(List.of(message)).get(0);
    }

    @Override
    public List<UUID> sendAll(Collection<OutboxMessage> toSend) {
        boolean needsNone = toSend.stream().allMatch(message -> message.mode() == SendMode.DIRECT);
        try {
            return needsNone && !toSend.isEmpty() ? sendDirect(toSend) : sendInTransaction(toSend);
        } catch (OutboxException e) {
            target.observer().refused(e);
            throw e;
        }
    }

    private List<UUID> sendDirect(Collection<OutboxMessage> toSend) {
        OutboxTransaction transaction = transactions.current();
        Batch batch = batch(toSend);
        if (transaction == null) {
            directFeed().send(batch.direct());
        } else {
            transaction.addDirect(batch.direct(), directFeed());
        }
        return batch.ids();
    }

    private List<UUID> sendInTransaction(Collection<OutboxMessage> toSend) {
        OutboxTransaction transaction = transactions.require();
        if (!toSend.isEmpty()) {
            admission.check();
        }
        Batch batch = batch(toSend);
        transaction.add(batch.rows(), target);
        if (!batch.direct().isEmpty()) {
            transaction.addDirect(batch.direct(), directFeed());
        }
        return batch.ids();
    }

    /** @throws MessageRejectedException when there is none */
    private DirectFeed directFeed() {
        if (direct == null) {
            throw new MessageRejectedException(
                    "A message has mode DIRECT, and this outbox has no direct sender. Nothing was"
                            + " sent. Use mode OUTBOX, or give the builder of TransactionalOutbox a DirectFeed");
        }
        return direct;
    }

    private record Batch(List<UUID> ids, List<OutgoingMessage> rows, List<OutgoingMessage> direct) {}

    private Batch batch(Collection<OutboxMessage> toSend) {
        Batch batch = new Batch(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (OutboxMessage message : toSend) {
            OutgoingMessage outgoing = messages.create(message);
            batch.ids().add(outgoing.id());
            (message.mode() == SendMode.DIRECT ? batch.direct() : batch.rows()).add(outgoing);
        }
        if (!batch.direct().isEmpty()) {
            directFeed();
        }
        return batch;
    }

    @Override
    public Cancellation cancel(UUID messageId) {
        OutboxTransaction transaction = transactions.require();
        boolean cancelled = transaction.cancel(messageId) || target.store().cancel(messageId);
        Cancellation answer = cancelled ? Cancellation.CANCELLED : Cancellation.TOO_LATE;
        target.observer().cancelled(answer);
        return answer;
    }

    /** Collects the ports; those from {@link #clock} on have defaults. Not safe for use by several threads. */
    public static final class Builder {

        private final DataSource dataSource;
        private @Nullable OutboxStore store;
        private @Nullable Supplier<LaneLayout> layout;
        private @Nullable RelayFeed feed;
        private @Nullable MessageRules rules;
        private @Nullable PayloadConverter converter;
        private Clock clock = Clock.systemUTC();
        private CompressionSettings compression = CompressionSettings.OFF;
        private @Nullable PayloadEncryption encryption;
        private AdmissionSettings admission = AdmissionSettings.OFF;
        private Duration handOver = Duration.ofSeconds(10);
        private @Nullable DirectFeed direct;
        private WriteObserver observer = WriteObserver.NONE;

        private Builder(DataSource dataSource) {
            this.dataSource = dataSource;
        }

        /** Must write on the connection that is bound for the same DataSource. */
        public Builder store(OutboxStore value) {
            store = value;
            return this;
        }

        /** Asked right before each commit that has ordered messages. */
        public Builder layout(Supplier<LaneLayout> value) {
            layout = value;
            return this;
        }

        public Builder feed(RelayFeed value) {
            feed = value;
            return this;
        }

        public Builder rules(MessageRules value) {
            rules = value;
            return this;
        }

        public Builder converter(PayloadConverter value) {
            converter = value;
            return this;
        }

        public Builder clock(Clock value) {
            clock = value;
            return this;
        }

        /** Off unless set. */
        public Builder compression(CompressionSettings value) {
            compression = value;
            return this;
        }

        /** None unless set. Its name is checked by {@link #build}. */
        public Builder encryption(@Nullable PayloadEncryption value) {
            encryption = value;
            return this;
        }

        /** Off unless set. */
        public Builder admission(AdmissionSettings value) {
            admission = value;
            return this;
        }

        /**
         * How long before its delivery a delayed message is given to the broker's timer. Until then it waits in the database
         * and can be cancelled; one with a shorter delay goes to the broker at once. Ten seconds unless set.
         */
        public Builder handOver(Duration value) {
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException("The hand-over time is " + value
                        + ": it must be positive, or delayed messages would reach the broker too late");
            }
            handOver = value;
            return this;
        }

        /** Messages with mode DIRECT are refused unless set. */
        public Builder direct(DirectFeed value) {
            direct = value;
            return this;
        }

        public Builder observer(WriteObserver value) {
            observer = value;
            return this;
        }

        public TransactionalOutbox build() {
            return new TransactionalOutbox(
                    new TransactionCheck(dataSource),
                    new Admission(required(store, "store"), admission, observer),
                    new MessageFactory(
                            required(converter, "converter"),
                            new PayloadEncoding(compression, encryption),
                            required(rules, "rules"),
                            clock,
                            handOver),
                    new RowWriter.Target(
                            required(store, "store"),
                            required(layout, "layout"),
                            required(feed, "feed"),
                            handOver,
                            observer),
                    direct);
        }

        private static <T> T required(@Nullable T value, String name) {
            return Objects.requireNonNull(value, name);
        }
    }
}
