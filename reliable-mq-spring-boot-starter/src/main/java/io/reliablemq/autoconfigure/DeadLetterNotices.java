package io.reliablemq.autoconfigure;

import io.reliablemq.consumer.DeadLetter;
import io.reliablemq.consumer.DeadLetterHandler;
import io.reliablemq.consumer.DeadLetters.Deed;
import io.reliablemq.consumer.DeadLetters.Operation;
import io.reliablemq.consumer.spi.DeadLetterObserver;
import io.reliablemq.consumer.spi.DeadLetterStore.StoredLetter;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ApplicationEventPublisher;

/** Takes news of dead letters to the mirror, to the application's handlers and observers, and into its events. */
class DeadLetterNotices implements DeadLetterObserver {

    private final DeadLetterMirror mirror;
    private final ObjectProvider<DeadLetterObserver> observers;
    private final ObjectProvider<DeadLetterHandler> handlers;
    private final ApplicationEventPublisher events;

    DeadLetterNotices(
            DeadLetterMirror mirror,
            ObjectProvider<DeadLetterObserver> observers,
            ObjectProvider<DeadLetterHandler> handlers,
            ApplicationEventPublisher events) {
        this.mirror = mirror;
        this.observers = observers;
        this.handlers = handlers;
        this.events = events;
    }

    @Override
    public void adding(ListenerEndpoint listener) {
        mirror.check(listener);
        others().forEach(observer -> observer.adding(listener));
    }

    @Override
    public void writing(ListenerEndpoint listener, StoredLetter letter) {
        mirror.write(listener, letter);
        others().forEach(observer -> observer.writing(listener, letter));
    }

    /** All of them, also when one fails. */
    @Override
    public void written(DeadLetter letter) {
        RuntimeException failure = null;
        List<DeadLetterHandler> told = Stream.concat(
                        handlers.orderedStream(), others().map(observer -> (DeadLetterHandler) observer::written))
                .toList();
        for (DeadLetterHandler handler : told) {
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
        others().forEach(observer -> observer.done(deed));
        events.publishEvent(deed);
    }

    @Override
    public void ended(Operation operation, Ending ending, long letters) {
        others().forEach(observer -> observer.ended(operation, ending, letters));
    }

    private Stream<DeadLetterObserver> others() {
        return observers.orderedStream().filter(observer -> observer != this);
    }
}
