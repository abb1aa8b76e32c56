package io.reliablemq.outbox.direct;

import java.util.Collection;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Finds what has waited too long for an answer. There is one look at a time, planned for when the oldest answer would be overdue:
 * a task for each send would hold its message long after the answer. Used by the schedule's thread only.
 */
final class Overdue {

    private final long patience;
    private final Schedule schedule;
    private final Collection<Flight> flights;
    private final Consumer<Flight> giveUp;
    private boolean planned;

    /** @param giveUp the flight's answer; called once the patience is over, by the schedule's thread */
    Overdue(long patience, Schedule schedule, Collection<Flight> flights, Consumer<Flight> giveUp) {
        this.patience = patience;
        this.schedule = schedule;
        this.flights = flights;
        this.giveUp = giveUp;
    }

    /** Before an attempt. */
    void watch() {
        if (!planned) {
            lookAfter(patience);
        }
    }

    private void lookAfter(long nanos) {
        schedule.after(nanos, this::look);
        planned = true;
    }

    private void look() {
        planned = false;
        long now = schedule.nanoTime();
        long oldest = -1;
        for (Flight flight : flights) {
            OptionalLong since = flight.waitsSince();
            long age = since.isPresent() ? now - since.getAsLong() : -1;
            if (age >= patience) {
                // as a task of its own: one that fails does not keep the others
                schedule.execute(() -> giveUp.accept(flight));
            } else {
                oldest = Math.max(oldest, age);
            }
        }
        if (oldest >= 0) {
            lookAfter(patience - oldest);
        }
    }
}
