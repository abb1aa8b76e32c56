package io.reliablemq.consumer.processing;

import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.consumer.spi.LogEvent;
import io.reliablemq.consumer.spi.ReceivedMessage;
import org.slf4j.Logger;
import org.slf4j.spi.LoggingEventBuilder;

/** The fields that every event about a received message has. */
final class LoggedSteps {

    private LoggedSteps() {}

    static LoggingEventBuilder of(LogEvent event, Logger log, ListenerEndpoint endpoint, ReceivedMessage message) {
        return event.on(log)
                .addKeyValue("reliablemq.listener", endpoint.id())
                .addKeyValue("reliablemq.topic", message.topic())
                .addKeyValue("reliablemq.group", endpoint.subscription().group())
                .addKeyValue("reliablemq.message_id", message.id())
                .addKeyValue("reliablemq.attempt", message.deliveryAttempt());
    }
}
