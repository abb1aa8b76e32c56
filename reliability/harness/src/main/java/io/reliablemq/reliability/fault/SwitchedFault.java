package io.reliablemq.reliability.fault;

/** Something that is switched on and off again. Strikes at once. */
record SwitchedFault(String target, Action on, Action off) implements Fault {

    /** Of an administrator. */
    interface Action {
        void run() throws Exception;
    }

    @Override
    public boolean strike() throws Exception {
        on.run();
        return true;
    }

    @Override
    public void heal() throws Exception {
        off.run();
    }
}
