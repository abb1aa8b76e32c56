package io.reliablemq.rocketmq.remoting;

/**
 * How messages are put together. Nothing waits for a batch to fill: a message goes at once when fewer than {@code inFlight} batches
 * of its topic (of its queue: one, where it is ordered) are without an answer, and what comes meanwhile goes together.
 *
 * @param maxMessages in one batch, 1 to 1024; 1 for none
 * @param maxBytes of one batch, 1 KiB to 4 MiB; a broker refuses more than its {@code maxMessageSize}, 4 MiB by default. A message
 *     that is larger goes by itself
 * @param inFlight batches of one topic without an answer at a time, 1 to 64
 */
public record BatchSettings(int maxMessages, int maxBytes, int inFlight) {

    public static final BatchSettings DEFAULT = new BatchSettings(256, 1024 * 1024, 4);

    public BatchSettings {
        check("batch.max-messages", maxMessages, 1, 1024);
        check("batch.max-bytes", maxBytes, 1024, 4 * 1024 * 1024);
        check("batch.in-flight", inFlight, 1, 64);
    }

    private static void check(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " is " + value + ": set " + least + " to " + most);
        }
    }
}
