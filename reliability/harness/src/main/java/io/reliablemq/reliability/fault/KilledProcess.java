package io.reliablemq.reliability.fault;

import io.reliablemq.reliability.process.ChildJvm;
import io.reliablemq.reliability.process.Signal;
import java.time.Duration;

/** kill -9, and a new process in its place. */
record KilledProcess(ChildJvm jvm) implements Fault {

    private static final Duration END_WITHIN = Duration.ofSeconds(10);

    @Override
    public String target() {
        return jvm.name();
    }

    @Override
    public boolean strike() throws InterruptedException {
        jvm.signal(Signal.KILL);
        return jvm.awaitEnd(END_WITHIN);
    }

    @Override
    public void heal() throws InterruptedException {
        jvm.start();
        jvm.awaitReadyInTheEnd();
    }
}
