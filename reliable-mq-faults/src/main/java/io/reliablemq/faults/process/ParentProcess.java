package io.reliablemq.faults.process;

import java.io.IOException;

/** The process that has started this one. */
public final class ParentProcess {

    private ParentProcess() {}

    /** Ends this JVM as soon as its standard input does, which is when the parent is gone, killed or not. */
    public static void endWithIt() {
        Thread thread = new Thread(ParentProcess::awaitEnd, "parent-watch");
        thread.setDaemon(true);
        thread.start();
    }

    private static void awaitEnd() {
        try {
            while (System.in.read() >= 0) {
                // nobody says anything
            }
        } catch (IOException e) {
            // as good as its end
        }
        Runtime.getRuntime().halt(1);
    }
}
