package io.reliablemq.autoconfigure;

import io.reliablemq.outbox.Outbox;
import io.reliablemq.outbox.spi.MessageSender;
import org.springframework.beans.factory.ObjectProvider;

/** What is put around the producer side, where there is something to put; knows no library for it. */
interface ProducerInstrumentation {

    Outbox around(Outbox outbox);

    MessageSender around(MessageSender sender);

    static Outbox around(Outbox outbox, ObjectProvider<ProducerInstrumentation> instrumentation) {
        ProducerInstrumentation around = instrumentation.getIfAvailable();
        return around == null ? outbox : around.around(outbox);
    }

    static MessageSender around(MessageSender sender, ObjectProvider<ProducerInstrumentation> instrumentation) {
        ProducerInstrumentation around = instrumentation.getIfAvailable();
        return around == null ? sender : around.around(sender);
    }
}
