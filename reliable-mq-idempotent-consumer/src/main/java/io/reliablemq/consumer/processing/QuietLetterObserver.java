package io.reliablemq.consumer.processing;

import io.reliablemq.consumer.DeadLetter;
import io.reliablemq.consumer.DeadLetters.Deed;
import io.reliablemq.consumer.DeadLetters.Operation;
import io.reliablemq.consumer.spi.DeadLetterObserver;
import io.reliablemq.consumer.spi.DeadLetterStore.StoredLetter;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.consumer.spi.LogEvent;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what fails after a commit from changing what was committed. */
record QuietLetterObserver(DeadLetterObserver target) implements DeadLetterObserver {

    private static final Logger log = LoggerFactory.getLogger(QuietLetterObserver.class);

    @Override
    public void writing(ListenerEndpoint listener, StoredLetter letter) {
        target.writing(listener, letter);
    }

    @Override
    public void written(DeadLetter letter) {
        try {
            target.written(letter);
        } catch (RuntimeException e) {
            log.warn("{} is committed, but a handler of dead letters failed and may not have seen it", letter, e);
        }
    }

    @Override
    public void done(Deed deed) {
        LogEvent.OPERATOR_ACTED
                .on(log)
                .addKeyValue("reliablemq.operation", deed.operation().name().toLowerCase(Locale.ROOT))
                .addKeyValue("reliablemq.actor", deed.actor())
                .addKeyValue("reliablemq.why", deed.reason())
                .addKeyValue("reliablemq.detail", deed.detail())
                .addKeyValue("reliablemq.dead_letter_id", deed.letterId())
                .log(
                        "{} of dead letter {} by {}: {} ({})",
                        deed.operation(),
                        deed.letterId(),
                        deed.actor(),
                        deed.reason(),
                        deed.detail());
        try {
            target.done(deed);
        } catch (RuntimeException e) {
            log.warn("{} by {} is committed, but could not be published", deed.operation(), deed.actor(), e);
        }
    }

    @Override
    public void ended(Operation operation, Ending ending, long letters) {
        try {
            target.ended(operation, ending, letters);
        } catch (RuntimeException e) {
            log.warn("{} has ended ({}), but that could not be told", operation, ending, e);
        }
    }
}
