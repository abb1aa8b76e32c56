package io.reliablemq.consumer.processing;

import io.reliablemq.consumer.spi.PreparedMessage;
import io.reliablemq.consumer.spi.ReceivedMessage;

/** A message on its way to a test's handler, under that key. */
record HandledCall(Handler handler, ReceivedMessage message, String key) implements PreparedMessage {

    interface Handler {
        void handle(ReceivedMessage message) throws Exception;
    }

    @Override
    public void handle() throws Exception {
        handler.handle(message);
    }
}
