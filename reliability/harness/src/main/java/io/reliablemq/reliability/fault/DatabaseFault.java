package io.reliablemq.reliability.fault;

/** Done to the database server itself. */
record DatabaseFault(Action begin, Action end) implements Fault {

    /** Of an administrator. */
    interface Action {
        void run() throws Exception;
    }

    @Override
    public String target() {
        return "database";
    }

    @Override
    public boolean strike() throws Exception {
        begin.run();
        return true;
    }

    @Override
    public void heal() throws Exception {
        end.run();
    }
}
