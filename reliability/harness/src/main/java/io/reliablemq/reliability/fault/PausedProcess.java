package io.reliablemq.reliability.fault;

import io.reliablemq.faults.process.ChildJvm;
import io.reliablemq.faults.process.Signal;
import java.util.OptionalLong;

/** SIGSTOP, as a very long garbage collection or a frozen virtual machine. */
record PausedProcess(ChildJvm jvm) implements Fault {

    @Override
    public String target() {
        return jvm.name();
    }

    @Override
    public OptionalLong strike() {
        long now = jvm.aliveAt();
        jvm.signal(Signal.STOP);
        return OptionalLong.of(now);
    }

    @Override
    public void heal() {
        jvm.signal(Signal.CONT);
    }
}
