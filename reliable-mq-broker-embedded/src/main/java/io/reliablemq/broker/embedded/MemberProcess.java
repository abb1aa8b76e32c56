package io.reliablemq.broker.embedded;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A part of the broker that has a process of its own, and the process that it has now. */
final class MemberProcess {

    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(30);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final long FIRST_PAUSE_MILLIS = 250;
    private static final Duration GOOD_RUN = Duration.ofMinutes(1);

    private final String name;
    private volatile @Nullable Child child;
    private volatile boolean wanted;
    private volatile boolean paused;
    private volatile long began;
    private int failures;

    MemberProcess(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    /** Has a process from now on; whoever calls says when it may be started again. */
    Child run(ChildLauncher launcher) {
        Child launched = launcher.launch(name);
        child = launched;
        began = System.nanoTime();
        paused = false;
        wanted = true;
        return launched;
    }

    Map<String, String> ask(String command, Map<String, String> arguments, Duration within) {
        return requireChild().ask(command, arguments, within);
    }

    boolean isRunning() {
        Child current = child;
        return current != null && current.isAlive();
    }

    /** Whether this process is the one to have: it was not taken away, and none came after it. */
    boolean isWanted(Child process) {
        return wanted && child == process;
    }

    @Nullable
    Child child() {
        return child;
    }

    /** Not to be started again. */
    void close() {
        wanted = false;
        Child current = child;
        if (current != null) {
            current.close(CLOSE_WITHIN);
        }
    }

    /** Not to be started again. */
    void kill() {
        wanted = false;
        killForNextStart();
    }

    void killForNextStart() {
        Child current = child;
        if (current != null) {
            current.kill();
        }
    }

    void pause() {
        requireChild().signal("STOP");
        paused = true;
    }

    void resume() {
        requireChild().signal("CONT");
        paused = false;
    }

    boolean isPaused() {
        return paused;
    }

    private Child requireChild() {
        Child current = child;
        if (current == null) {
            throw new EmbeddedBrokerException("'%s' of the embedded broker does not run".formatted(name));
        }
        return current;
    }

    /** How long to wait before the next start: twice as long each time, from the beginning after a good run. */
    synchronized Duration pauseBeforeStart() {
        if (System.nanoTime() - began > GOOD_RUN.toNanos()) {
            failures = 0;
        }
        Duration pause = Duration.ofMillis(FIRST_PAUSE_MILLIS << Math.min(failures, 10));
        failures++;
        return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    }
}
