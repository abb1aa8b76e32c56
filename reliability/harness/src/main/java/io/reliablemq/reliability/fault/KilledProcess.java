package io.reliablemq.reliability.fault;

import io.reliablemq.faults.process.ChildJvm;
import io.reliablemq.faults.process.Signal;
import java.time.Duration;
import java.util.OptionalLong;

/** kill -9, and a new process in its place. */
record KilledProcess(ChildJvm jvm, Witness witness) implements Fault {

    private static final Duration END_WITHIN = Duration.ofMinutes(1);

    @Override
    public String target() {
        return jvm.name();
    }

    @Override
    public OptionalLong strike() throws InterruptedException {
        long now = jvm.aliveAt();
        jvm.signal(Signal.KILL);
        if (!jvm.awaitEnd(END_WITHIN)) {
            throw new IllegalStateException(jvm.name() + " is still there " + END_WITHIN + " after kill -9");
        }
        return OptionalLong.of(now);
    }

    @Override
    public void heal() throws InterruptedException {
        jvm.start();
        witness.failedStarts(jvm.name(), jvm.awaitReadyInTheEnd());
    }
}
