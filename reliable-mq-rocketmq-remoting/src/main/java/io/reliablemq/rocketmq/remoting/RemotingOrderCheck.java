package io.reliablemq.rocketmq.remoting;

import io.reliablemq.consumer.ListenerConfigurationException;
import io.reliablemq.consumer.spi.ReceiverUnavailableException;
import io.reliablemq.consumer.spi.Subscription;
import io.reliablemq.rocketmq.wire.Reachability;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.remoting.exception.RemotingException;

/** Whether topic and group of an ordered subscription are FIFO; else its messages would come in any order, and nobody would notice. */
final class RemotingOrderCheck {

    private final RemotingSettings settings;
    private final Cluster cluster;
    private final Reachability reachability;

    RemotingOrderCheck(RemotingSettings settings, Cluster cluster, Reachability reachability) {
        this.settings = settings;
        this.cluster = cluster;
        this.reachability = reachability;
    }

    /**
     * Waits three times the request time-out at most.
     *
     * @throws ListenerConfigurationException when one of them is not
     * @throws ReceiverUnavailableException when name server or broker do not say
     */
    void verify(Subscription subscription) {
        if (!subscription.ordered()) {
            return;
        }
        try {
            ask(subscription);
            reachability.answered();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable(subscription, e);
        } catch (RemotingException | MQClientException | MQBrokerException | IllegalStateException e) {
            note(RemotingFailures.answerOf(e));
            throw unavailable(subscription, e);
        }
    }

    private void ask(Subscription subscription)
            throws RemotingException, MQClientException, MQBrokerException, InterruptedException {
        TopicRoute route = cluster.route(subscription.topic());
        String broker = route.anyBroker();
        if (broker == null) {
            throw new IllegalStateException("no broker of the topic may be read");
        }
        requireFifo(subscription.topic(), cluster.acceptedType(route));
        if (!cluster.group(broker, subscription.group()).isConsumeMessageOrderly()) {
            throw groupWithoutOrder(subscription.group());
        }
    }

    private void note(Answer answer) {
        if (answer.byBroker()) {
            reachability.answered();
        } else {
            reachability.unanswered(answer.outcome().text());
        }
    }

    private static void requireFifo(String topic, AcceptedType type) {
        if (!type.hasOrder()) {
            throw new ListenerConfigurationException("Topic " + topic + " takes messages of type [" + type.name()
                    + "], which have no order, and the listener is ordered. Make the topic FIFO (mqadmin updateTopic -n"
                    + " <name server> -c <cluster> -t " + topic + " -a +message.type=FIFO; embedded broker:"
                    + " reliable-mq.broker.embedded.topics[].type=fifo), or remove ordered from the listener");
        }
    }

    private static ListenerConfigurationException groupWithoutOrder(String group) {
        return new ListenerConfigurationException("Consumer group " + group
                + " is not FIFO: the broker would deliver messages of one key side by side, and the listener is ordered."
                + " Make the group FIFO (" + command(group) + "; embedded broker:"
                + " reliable-mq.broker.embedded.groups[].fifo=true), or remove ordered from the listener");
    }

    private static String command(String group) {
        return "mqadmin updateSubGroup -n <name server> -c <cluster> -g " + group + " -o true -r 2147483646";
    }

    private ReceiverUnavailableException unavailable(Subscription subscription, Throwable failure) {
        return new ReceiverUnavailableException(
                "Cannot ask " + settings.nameServer() + " whether topic " + subscription.topic() + " and group "
                        + subscription.group() + " are FIFO: " + RemotingFailures.text(failure)
                        + advice(subscription, failure) + "; it is tried again",
                failure);
    }

    private static String advice(Subscription subscription, Throwable failure) {
        String advice = SubscribedTopic.advice(failure);
        return advice == null
                ? ""
                : "; " + advice + (advice.contains("group") ? ": " + command(subscription.group()) : "");
    }
}
