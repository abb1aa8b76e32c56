package io.reliablemq.consumer.container;

import io.reliablemq.consumer.ListenerStatus;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.consumer.spi.LogEvent;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** What a container is doing; logs each outage once, at its beginning and at its end, and each time what is none. */
final class ListenerState {

    private static final Logger log = LoggerFactory.getLogger(ListenerState.class);

    private final ListenerEndpoint endpoint;
    private volatile ListenerStatus status;

    ListenerState(ListenerEndpoint endpoint) {
        this.endpoint = endpoint;
        this.status = of(ListenerStatus.State.STOPPED, "not started");
    }

    ListenerStatus status() {
        return status;
    }

    boolean is(ListenerStatus.State state) {
        return status.state() == state;
    }

    synchronized void running() {
        if (enter(ListenerStatus.State.RUNNING, "")) {
            event(LogEvent.LISTENER_RUNNING).log("{} runs on {}", endpoint, endpoint.subscription());
        }
    }

    synchronized void waitingForBroker(Throwable cause) {
        if (enter(ListenerStatus.State.WAITING_FOR_BROKER, reason(cause))) {
            event(LogEvent.LISTENER_WAITING)
                    .setCause(cause)
                    .log("{} waits for the broker and attaches when it appears: {}", endpoint, reason(cause));
        }
    }

    /** It may be no broker's fault, but what comes next is the same: nothing is received until that is tried again. */
    synchronized void broken(Throwable cause) {
        String what = cause.toString();
        enter(ListenerStatus.State.WAITING_FOR_BROKER, what);
        event(LogEvent.LISTENER_BROKEN, what)
                .setCause(cause)
                .log(
                        "{} could not go on ({}): what it had received and given to no handler is handed back, and it tries again after a"
                                + " pause. When this comes again, look at the memory of this process and at its limit of threads, and"
                                + " restart it",
                        endpoint,
                        what);
    }

    synchronized void infrastructureFailed(Throwable cause) {
        if (enter(ListenerStatus.State.PAUSED_INFRASTRUCTURE, reason(cause))) {
            event(LogEvent.LISTENER_PAUSED)
                    .setCause(cause)
                    .log("{} pauses until the database answers, counting no failures: {}", endpoint, reason(cause));
        }
    }

    synchronized void paused() {
        enter(ListenerStatus.State.PAUSED, "paused by the registry");
    }

    synchronized void misconfigured(Throwable cause) {
        if (enter(ListenerStatus.State.MISCONFIGURED, reason(cause))) {
            event(LogEvent.LISTENER_ENDED)
                    .setCause(cause)
                    .log("{} has ended and stays so until it is started again: {}", endpoint, reason(cause));
        }
    }

    /** Who is told by an exception needs no log. */
    synchronized void refused(Throwable cause) {
        enter(ListenerStatus.State.MISCONFIGURED, reason(cause));
    }

    synchronized void stopped(String reason) {
        if (enter(ListenerStatus.State.STOPPED, reason)) {
            event(LogEvent.LISTENER_STOPPED).log("{} stopped: {}", endpoint, reason);
        }
    }

    private LoggingEventBuilder event(LogEvent event) {
        return event(event, status.reason());
    }

    private LoggingEventBuilder event(LogEvent event, String detail) {
        return event.on(log)
                .addKeyValue("reliablemq.listener", endpoint.id())
                .addKeyValue("reliablemq.topic", endpoint.subscription().topic())
                .addKeyValue("reliablemq.group", endpoint.subscription().group())
                .addKeyValue("reliablemq.detail", detail);
    }

    private boolean enter(ListenerStatus.State state, String reason) {
        if (is(state)) {
            return false;
        }
        status = of(state, reason);
        return true;
    }

    private ListenerStatus of(ListenerStatus.State state, String reason) {
        return new ListenerStatus(
                endpoint.id(),
                endpoint.subscription().topic(),
                endpoint.subscription().group(),
                state,
                Instant.now(),
                reason);
    }

    private static String reason(Throwable cause) {
        return String.valueOf(cause.getMessage());
    }
}
