package io.reliablemq.rocketmq;

import apache.rocketmq.v2.MessageType;
import apache.rocketmq.v2.Settings;
import io.reliablemq.consumer.ListenerConfigurationException;
import io.reliablemq.consumer.spi.ReceiverUnavailableException;
import io.reliablemq.consumer.spi.Subscription;
import java.util.Set;

/** Whether topic and group of an ordered subscription are FIFO; else its messages would come in any order, and nobody would notice. */
final class OrderCheck {

    private static final String NO_GROUP = "group not found";

    private final Clients clients;
    private final RocketMqSettings settings;

    OrderCheck(Clients clients, RocketMqSettings settings) {
        this.clients = clients;
        this.settings = settings;
    }

    /**
     * Waits twice the request time-out at most.
     *
     * @throws ListenerConfigurationException when one of them is not
     * @throws ReceiverUnavailableException when the proxy does not say
     */
    void verify(Subscription subscription) {
        if (!subscription.ordered()) {
            return;
        }
        Set<MessageType> types;
        Settings group;
        try {
            FifoQuestion question = clients.fifoQuestion();
            try {
                types = question.typesOf(subscription.topic());
                group = question.settingsOf(subscription.group(), subscription.topic(), Clients.filter(subscription));
            } finally {
                BoundedClose.begin("order check", question);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable(subscription, e);
        } catch (Exception | LinkageError e) {
            throw unavailable(subscription, e);
        }
        requireFifo(subscription.topic(), types);
        requireFifo(subscription, group);
    }

    /** A topic without a type takes everything. */
    private static void requireFifo(String topic, Set<MessageType> types) {
        if (!types.isEmpty()
                && !types.contains(MessageType.FIFO)
                && !types.contains(MessageType.MESSAGE_TYPE_UNSPECIFIED)) {
            throw new ListenerConfigurationException("Topic " + topic + " takes messages of type " + types
                    + ", which have no order, and the listener is ordered. Make the topic FIFO (mqadmin updateTopic -n"
                    + " <name server> -c <cluster> -t " + topic + " -a +message.type=FIFO; embedded broker:"
                    + " reliable-mq.broker.embedded.topics[].type=fifo), or remove ordered from the listener");
        }
    }

    /** Of a group that exists the proxy tells the back-off, too. */
    private void requireFifo(Subscription subscription, Settings answer) {
        String group = subscription.group();
        if (!answer.hasBackoffPolicy()) {
            throw unavailable(subscription, new IllegalStateException(NO_GROUP + ": " + group));
        }
        if (!answer.getSubscription().getFifo()) {
            throw new ListenerConfigurationException("Consumer group " + group
                    + " is not FIFO: the broker would deliver messages of one key side by side, and the listener is ordered."
                    + " Make the group FIFO (" + command(group) + "; embedded broker:"
                    + " reliable-mq.broker.embedded.groups[].fifo=true), or remove ordered from the listener");
        }
    }

    private static String command(String group) {
        return "mqadmin updateSubGroup -n <name server> -c <cluster> -g " + group + " -o true -r 2147483646";
    }

    private ReceiverUnavailableException unavailable(Subscription subscription, Throwable failure) {
        String text = Failures.text(failure);
        String advice = text.contains(NO_GROUP) ? "; create the group: " + command(subscription.group()) : "";
        return new ReceiverUnavailableException(
                "Cannot ask " + settings.endpoints() + " whether topic " + subscription.topic() + " and group "
                        + subscription.group() + " are FIFO: " + text + advice + "; it is tried again",
                failure);
    }
}
