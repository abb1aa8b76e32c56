package io.reliablemq.reliability.fault;

import java.util.OptionalLong;

/** Something that is switched on and off again. Strikes at once. */
record SwitchedFault(String target, Action on, Action off) implements Fault {

    /** Of an administrator. */
    interface Action {
        void run() throws Exception;
    }

    @Override
    public OptionalLong strike() throws Exception {
        long now = System.currentTimeMillis();
        on.run();
        return OptionalLong.of(now);
    }

    @Override
    public void heal() throws Exception {
        off.run();
    }
}
