package io.reliablemq.consumer.processing;

import io.reliablemq.consumer.spi.KeptConnection;
import io.reliablemq.consumer.spi.MessageProcessor;
import java.time.Duration;

/** A worker's turn, short enough that nobody else waits long for the connection that is kept during it. */
final class KeptTurn implements MessageProcessor.Turn {

    private static final long LONGEST = Duration.ofMillis(200).toNanos();

    private final Transactions transactions;
    private final KeptConnection connection;
    private final long began = System.nanoTime();

    private KeptTurn(Transactions transactions, KeptConnection connection) {
        this.transactions = transactions;
        this.connection = connection;
    }

    static KeptTurn begin(Transactions transactions, KeptConnection connection) {
        transactions.keep(connection);
        return new KeptTurn(transactions, connection);
    }

    @Override
    public boolean goesOn() {
        return System.nanoTime() - began < LONGEST && !connection.isWanted();
    }

    @Override
    public void close() {
        transactions.keepNone();
        connection.giveBack();
    }
}
