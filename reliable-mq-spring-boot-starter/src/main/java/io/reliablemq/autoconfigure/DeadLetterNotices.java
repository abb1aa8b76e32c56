package io.reliablemq.autoconfigure;

import io.reliablemq.consumer.DeadLetter;
import io.reliablemq.consumer.DeadLetterHandler;
import io.reliablemq.consumer.DeadLetters.Deed;
import io.reliablemq.consumer.spi.DeadLetterObserver;
import io.reliablemq.consumer.spi.DeadLetterStore.StoredLetter;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ApplicationEventPublisher;

/** Takes news of dead letters to the mirror, to the application's handlers, and into its events. */
class DeadLetterNotices implements DeadLetterObserver {

    private final @Nullable DeadLetterMirror mirror;
    private final ObjectProvider<DeadLetterHandler> handlers;
    private final ApplicationEventPublisher events;

    DeadLetterNotices(
            @Nullable DeadLetterMirror mirror,
            ObjectProvider<DeadLetterHandler> handlers,
            ApplicationEventPublisher events) {
        this.mirror = mirror;
        this.handlers = handlers;
        this.events = events;
    }

    @Override
    public void writing(StoredLetter letter) {
        if (mirror != null) {
            mirror.write(letter);
        }
    }

    /** All of them, also when one fails. */
    @Override
    public void written(DeadLetter letter) {
        RuntimeException failure = null;
        for (DeadLetterHandler handler : handlers.orderedStream().toList()) {
            try {
                handler.handle(letter);
            } catch (RuntimeException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public void done(Deed deed) {
        events.publishEvent(deed);
    }
}
