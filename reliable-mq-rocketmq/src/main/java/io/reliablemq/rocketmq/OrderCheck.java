package io.reliablemq.rocketmq;

import apache.rocketmq.v2.MessageType;
import apache.rocketmq.v2.Settings;
import io.reliablemq.consumer.ListenerConfigurationException;
import io.reliablemq.consumer.spi.ReceiverUnavailableException;
import io.reliablemq.consumer.spi.Subscription;
import io.reliablemq.rocketmq.wire.BoundedClose;
import io.reliablemq.rocketmq.wire.Reachability;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.apache.rocketmq.shaded.io.grpc.Status;
import org.apache.rocketmq.shaded.io.grpc.StatusRuntimeException;

/** Whether topic and group of an ordered subscription are FIFO; else its messages would come in any order, and nobody would notice. */
final class OrderCheck {

    private static final Set<Status.Code> SILENCE = Set.of(Status.Code.UNAVAILABLE, Status.Code.DEADLINE_EXCEEDED);
    private static final String NO_TOPIC = "response-code=40402";
    private static final String NO_GROUP = "group not found";

    private final Clients clients;
    private final RocketMqSettings settings;
    private final Reachability reachability;

    OrderCheck(Clients clients, RocketMqSettings settings, Reachability reachability) {
        this.clients = clients;
        this.settings = settings;
        this.reachability = reachability;
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
        try {
            ask(subscription);
            reachability.answered();
        } catch (ListenerConfigurationException e) {
            reachability.answered();
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable(subscription, e);
        } catch (Exception | LinkageError e) {
            note(Failures.unwrap(e));
            throw unavailable(subscription, e);
        }
    }

    private void ask(Subscription subscription) throws Exception {
        FifoQuestion question = clients.fifoQuestion();
        try {
            requireFifo(subscription.topic(), question.typesOf(subscription.topic()));
            requireFifo(
                    subscription.group(),
                    question.settingsOf(subscription.group(), subscription.topic(), Clients.filter(subscription)));
        } finally {
            BoundedClose.begin("order check", question);
        }
    }

    private void note(Throwable failure) {
        if (isSilence(failure)) {
            reachability.unanswered(Failures.text(failure));
        } else {
            reachability.answered();
        }
    }

    private static boolean isSilence(Throwable failure) {
        return failure instanceof TimeoutException
                || (failure instanceof StatusRuntimeException status
                        && SILENCE.contains(status.getStatus().getCode()));
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
    private static void requireFifo(String group, Settings answer) {
        if (!answer.hasBackoffPolicy()) {
            throw new IllegalStateException(NO_GROUP + ": " + group);
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
        String advice = text.contains(NO_TOPIC)
                ? "; create the topic"
                : text.contains(NO_GROUP) ? "; create the group: " + command(subscription.group()) : "";
        return new ReceiverUnavailableException(
                "Cannot ask " + settings.endpoints() + " whether topic " + subscription.topic() + " and group "
                        + subscription.group() + " are FIFO: " + text + advice + "; it is tried again",
                failure);
    }
}
