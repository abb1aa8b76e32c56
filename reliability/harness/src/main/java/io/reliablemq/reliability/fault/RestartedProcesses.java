package io.reliablemq.reliability.fault;

import io.reliablemq.reliability.process.ChildJvm;
import io.reliablemq.reliability.process.Signal;
import java.time.Duration;
import java.util.List;

/** SIGTERM, the orderly end, and a new process; of several one after the other. */
record RestartedProcesses(String target, List<ChildJvm> jvms) implements Fault {

    /** An orchestrator's patience, after which it kills. */
    private static final Duration GRACE = Duration.ofSeconds(30);

    @Override
    public boolean strike() {
        jvms.get(0).signal(Signal.TERM);
        return true;
    }

    @Override
    public void heal() throws InterruptedException {
        for (ChildJvm jvm : jvms) {
            jvm.signal(Signal.TERM);
            if (!jvm.awaitEnd(GRACE)) {
                jvm.signal(Signal.KILL);
                jvm.awaitEnd(GRACE);
            }
            jvm.start();
            jvm.awaitReadyInTheEnd();
        }
    }
}
