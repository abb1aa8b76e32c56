package io.reliablemq.reliability.fault;

import io.reliablemq.faults.process.ChildJvm;
import io.reliablemq.faults.process.Signal;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/** SIGTERM, the orderly end, and a new process; of several one after the other. */
record RestartedProcesses(String target, List<ChildJvm> jvms, Witness witness) implements Fault {

    /** An orchestrator's patience, after which it kills. */
    private static final Duration GRACE = Duration.ofSeconds(30);

    @Override
    public OptionalLong strike() {
        long now = jvms.get(0).aliveAt();
        jvms.get(0).signal(Signal.TERM);
        return OptionalLong.of(now);
    }

    @Override
    public void heal() throws InterruptedException {
        for (ChildJvm jvm : jvms) {
            long asked = System.currentTimeMillis();
            jvm.signal(Signal.TERM);
            if (!jvm.awaitEnd(GRACE)) {
                witness.lateStop(jvm.name(), jvm.incarnation().name(), asked);
                System.out.println(jvm.name() + " did not end within " + GRACE + " after SIGTERM and is killed");
                jvm.signal(Signal.KILL);
                jvm.awaitEnd(GRACE);
            }
            jvm.start();
            witness.failedStarts(jvm.name(), jvm.awaitReadyInTheEnd());
        }
    }
}
