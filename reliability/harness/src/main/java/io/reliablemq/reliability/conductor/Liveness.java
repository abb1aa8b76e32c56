package io.reliablemq.reliability.conductor;

import io.reliablemq.reliability.checker.Event;
import io.reliablemq.reliability.checker.Event.Watch;
import io.reliablemq.reliability.conductor.GroundTruth.Applied;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Waits, while nothing is broken and there is load, until each listener of each consumer has applied something and says that it runs. Who gets
 * which message is chance, and a process that has just started needs its time: so this is no time in which it has to be, but one after which it
 * cannot be chance any more.
 */
final class Liveness {

    private static final long EVERY_MS = 200;

    private final Effects effects;
    private final Consumers consumers;
    private final Recorder recorder;
    private final Duration within;

    /** What the database knows. */
    interface Effects {
        Set<Applied> appliedSince(long since) throws Exception;
    }

    /** What all consumers say, also those that say nothing. */
    interface Consumers {
        /** By the name of the process, the listeners of which it has said since then that they run. */
        Map<String, List<String>> runningSince(long since) throws Exception;
    }

    Liveness(Effects effects, Consumers consumers, Recorder recorder, Duration within) {
        this.effects = effects;
        this.consumers = consumers;
        this.recorder = recorder;
        this.within = within;
    }

    /**
     * Returns when all is well, or it is too late; what was seen is judged with the rest of the history.
     *
     * @param since milliseconds since the epoch, from when on nothing was broken
     */
    void await(long since) throws InterruptedException {
        long deadline = System.nanoTime() + within.toNanos();
        List<Sign> signs = signs(since);
        while (!signs.stream().allMatch(Sign::isOfLife) && System.nanoTime() < deadline) {
            Thread.sleep(EVERY_MS);
            signs = signs(since);
        }
        signs.forEach(sign -> recorder.watched(sign.watch()));
    }

    private record Sign(Watch watch, boolean applied) {

        boolean isOfLife() {
            return applied && watch.running();
        }
    }

    private List<Sign> signs(long since) throws InterruptedException {
        try {
            Set<Applied> applied = effects.appliedSince(since);
            Map<String, List<String>> running = consumers.runningSince(since);
            long now = System.currentTimeMillis();
            return running.entrySet().stream()
                    .flatMap(consumer -> GroundTruth.LISTENERS.stream()
                            .map(Event.Listener::name)
                            .map(name -> new Sign(
                                    new Watch(
                                            now,
                                            since,
                                            consumer.getKey(),
                                            name,
                                            consumer.getValue().contains(name)),
                                    applied.contains(new Applied(consumer.getKey(), name)))))
                    .toList();
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("Nobody can say what the listeners do, though no fault is on", e);
        }
    }
}
