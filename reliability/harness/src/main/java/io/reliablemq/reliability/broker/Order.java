package io.reliablemq.reliability.broker;

import io.reliablemq.broker.embedded.BrokerPart;
import io.reliablemq.broker.embedded.EmbeddedBroker;
import io.reliablemq.broker.embedded.TopicDeclaration;

/**
 * What is done to a broker from inside, or to one of its parts.
 *
 * @param what kill, restart, pause, resume a part; fill or free the disk; queues; await
 * @param which a {@link BrokerPart}, the disk, how many queues both topics have from now on, or the topics
 */
public record Order(String what, String which) {

    /** The answer to what was done; any other is the reason why not. */
    public static final String DONE = "done";

    static Order of(String line) {
        String[] words = line.split(" ", 2);
        return new Order(words[0], words[1]);
    }

    void carryOut(EmbeddedBroker broker) {
        switch (what) {
            case "kill" -> broker.faults().kill(part());
            case "restart" -> broker.faults().restart(part());
            case "pause" -> broker.faults().pause(part());
            case "resume" -> broker.faults().resume(part());
            case "fill" -> broker.faults().fillDisk();
            case "free" -> broker.faults().freeDisk();
            case "queues" -> declare(broker, queues(BrokerApplication.UNORDERED), queues(BrokerApplication.ORDERED));
            // returns when the topics can be sent to
            case "await" -> declare(broker, BrokerApplication.UNORDERED, BrokerApplication.ORDERED);
            default -> throw new IllegalArgumentException(this + " is no order");
        }
    }

    private static void declare(EmbeddedBroker broker, String... topics) {
        for (String topic : topics) {
            broker.createTopic(TopicDeclaration.parse(topic));
        }
    }

    private BrokerPart part() {
        return BrokerPart.valueOf(which);
    }

    private String queues(String topic) {
        return topic.substring(0, topic.lastIndexOf(':') + 1) + which;
    }
}
