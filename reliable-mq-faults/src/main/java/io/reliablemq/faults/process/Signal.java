package io.reliablemq.faults.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** Of a POSIX system. */
public enum Signal {
    KILL,
    STOP,
    CONT,
    TERM,
    INT;

    /** Sends it to each; one that has ended already is passed over. */
    public void sendTo(List<Long> pids) {
        for (long pid : pids) {
            try {
                new ProcessBuilder("sh", "-c", "kill -" + name() + " " + pid + " 2>/dev/null")
                        .start()
                        .waitFor();
            } catch (IOException e) {
                throw new UncheckedIOException("Signal " + name() + " was not sent to " + pid, e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted before signal " + name() + " was sent to " + pid, e);
            }
        }
    }

    /** Nothing happens when it has ended: its number may be another's by now. */
    public void sendTo(Process process) {
        sendTo(process.isAlive() ? List.of(process.pid()) : List.of());
    }
}
