package io.reliablemq.rocketmq.remoting;

import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.outbox.spi.OutgoingMessage;
import io.reliablemq.outbox.spi.SendOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** A relay on the classic client in a JVM of its own, which dies as by kill -9 at a point that its arguments name. */
final class CrashingRelay {

    /** Where it dies. */
    enum Point {
        /** A batch that was refused as a whole is cut in two, and one half is stored. */
        BETWEEN_HALVES,
        /** All messages are handed over and none is answered: keys wait for the batch that is before them in their queue. */
        WAITING_FOR_THE_QUEUE
    }

    private CrashingRelay() {}

    /** @param arguments the point, how many messages are handed over together, the name server, and the URL and user of the database */
    public static void main(String[] arguments) throws InterruptedException {
        Point point = Point.valueOf(arguments[0]);
        RemotingConnection connection = new RemotingConnection(RemotingSettings.at(arguments[2]));
        MessageSender sender = new Together(connection.sender(), point, Integer.parseInt(arguments[1]));
        CrashedOutbox.relay(new DriverManagerDataSource(arguments[3], arguments[4], ""), sender)
                .start();
        // of what it does, this is too long
        Thread.sleep(Duration.ofMinutes(2).toMillis());
    }

    /** Hands the first messages over at once, so that they are in one batch. */
    private static final class Together implements MessageSender {

        private final MessageSender sender;
        private final Point point;
        private final int count;
        private final List<Held> held = new ArrayList<>();

        private record Held(OutgoingMessage message, CompletableFuture<SendOutcome> outcome) {}

        Together(MessageSender sender, Point point, int count) {
            this.sender = sender;
            this.point = point;
            this.count = count;
        }

        @Override
        public synchronized CompletionStage<SendOutcome> send(OutgoingMessage message) {
            CompletableFuture<SendOutcome> outcome = new CompletableFuture<>();
            held.add(new Held(message, outcome));
            if (held.size() == count) {
                held.forEach(each -> handOver(each.message(), each.outcome()));
                die(Point.WAITING_FOR_THE_QUEUE);
            }
            return outcome;
        }

        private void handOver(OutgoingMessage message, CompletableFuture<SendOutcome> outcome) {
            CompletionStage<SendOutcome> unused = sender.send(message).whenComplete((answer, failure) -> {
                if (answer instanceof SendOutcome.Stored) {
                    die(Point.BETWEEN_HALVES);
                }
                outcome.complete(SendOutcome.of(answer, failure));
            });
        }

        private void die(Point here) {
            if (here == point) {
                Runtime.getRuntime().halt(137);
            }
        }
    }
}
