package io.reliablemq.testdatabases;

import java.util.concurrent.ConcurrentLinkedDeque;

/** What happens when the JVM ends: first the pools are closed, then the servers stop. */
final class JvmEnd {

    private static final ConcurrentLinkedDeque<Runnable> ACTIONS = new ConcurrentLinkedDeque<>();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(JvmEnd::run, "test-databases-stop"));
    }

    private JvmEnd() {}

    static void stop(Runnable server) {
        ACTIONS.add(server);
    }

    @SuppressWarnings("CatchAndPrintStackTrace") // the logging system may be gone
    private static void run() {
        Database.closeAllPools();
        for (Runnable action : ACTIONS) {
            try {
                action.run();
            } catch (RuntimeException ex) {
                ex.printStackTrace();
            }
        }
    }
}
