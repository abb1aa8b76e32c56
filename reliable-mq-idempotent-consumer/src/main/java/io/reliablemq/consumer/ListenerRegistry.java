package io.reliablemq.consumer;

import java.util.List;

/**
 * The listeners of this application, by id.
 *
 * <p><b>Thread</b>: every method from any thread. <b>Errors</b>: an unknown id is an {@link IllegalArgumentException} that lists the
 * known ones.
 */
public interface ListenerRegistry {

    /** Every listener with what it is doing right now, in the order of their ids. */
    List<ListenerStatus> list();

    /** What one listener is doing right now. */
    ListenerStatus status(String id);

    /** Begins to consume; no effect on a listener that runs. */
    void start(String id);

    /** Stops gracefully and blocks until it stopped, at most for the shut-down time-out; running handlers finish. */
    void stop(String id);

    /** Receives nothing more until {@link #resume}; messages already received are still handled. */
    void pause(String id);

    /** Ends a {@link #pause}. */
    void resume(String id);
}
