package io.reliablemq.reliability.conductor;

import io.reliablemq.faults.process.ChildJvm;
import io.reliablemq.reliability.checker.Event.FailedStart;
import io.reliablemq.reliability.checker.Event.Fault;
import io.reliablemq.reliability.checker.Event.Heal;
import io.reliablemq.reliability.checker.Event.InVain;
import io.reliablemq.reliability.checker.Event.LateStop;
import io.reliablemq.reliability.checker.Event.Watch;
import io.reliablemq.reliability.fault.Witness;
import io.reliablemq.reliability.worker.EventFile;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes down faults and what was seen of the processes, and knows which are on. Safe for use by several threads. */
final class Recorder implements Witness {

    private final EventFile file;
    private final Map<Integer, String> on = new TreeMap<>();
    private int number;

    Recorder(EventFile file) {
        this.file = file;
    }

    /** Answers its number. */
    synchronized int struck(long at, String name, String target) {
        number++;
        on.put(number, name);
        file.add(new Fault(at, number, name, target));
        return number;
    }

    void inVain(int which, String why) {
        file.add(new InVain(System.currentTimeMillis(), which, why));
    }

    synchronized void healed(int which) {
        on.remove(which);
        file.add(new Heal(System.currentTimeMillis(), which));
    }

    @Override
    public void lateStop(String place, String process, long asked) {
        file.add(new LateStop(System.currentTimeMillis(), asked, process, needs(place)));
    }

    @Override
    public void failedStarts(String place, List<ChildJvm.FailedStart> failed) {
        for (ChildJvm.FailedStart start : failed) {
            String why = LastWords.of(start.log());
            file.add(new FailedStart(
                    start.at(), start.since(), start.incarnation().name(), needs(place), why));
        }
    }

    /** What else may be under a fault that keeps a process from its work: its servers, its pool, its clock. */
    private static List<String> needs(String place) {
        return List.of("database", "broker", place + " pool", place + " clock");
    }

    void watched(Watch watch) {
        file.add(watch);
    }

    synchronized int count() {
        return number;
    }

    synchronized String on() {
        return on.isEmpty() ? "-" : String.join(" + ", on.values());
    }
}
