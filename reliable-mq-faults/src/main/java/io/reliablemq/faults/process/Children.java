package io.reliablemq.faults.process;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** All child processes of this JVM, which end with it; also those that are stopped by a signal. */
public final class Children {

    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly), "end-children"));
    }

    private Children() {}

    /** Returns the process. */
    public static Process add(Process process) {
        RUNNING.removeIf(child -> !child.isAlive());
        RUNNING.add(process);
        return process;
    }
}
