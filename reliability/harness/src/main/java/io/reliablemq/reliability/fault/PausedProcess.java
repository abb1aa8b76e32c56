package io.reliablemq.reliability.fault;

import io.reliablemq.reliability.process.ChildJvm;
import io.reliablemq.reliability.process.Signal;

/** SIGSTOP, as a very long garbage collection or a frozen virtual machine. */
record PausedProcess(ChildJvm jvm) implements Fault {

    @Override
    public String target() {
        return jvm.name();
    }

    @Override
    public boolean strike() {
        jvm.signal(Signal.STOP);
        return true;
    }

    @Override
    public void heal() {
        jvm.signal(Signal.CONT);
    }
}
