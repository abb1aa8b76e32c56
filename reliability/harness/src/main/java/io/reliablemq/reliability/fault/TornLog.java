package io.reliablemq.reliability.fault;

import java.util.OptionalLong;

/** kill -9 of the broker, and what a power cut leaves at the end of its log besides. */
final class TornLog implements Fault {

    private final Fault kill;
    private final TornTail tail;
    private final int choice;
    private boolean torn;

    /** @param tail of the log of the broker that is killed */
    TornLog(Fault kill, TornTail tail, int choice) {
        this.kill = kill;
        this.tail = tail;
        this.choice = choice;
    }

    @Override
    public String target() {
        return kill.target();
    }

    @Override
    public OptionalLong strike() throws Exception {
        OptionalLong struck = kill.strike();
        torn = tail.tear(choice) >= 0;
        return struck;
    }

    /** Without a place for half a message it is a broker that is killed, and no less broken. */
    @Override
    public FaultKind kind(FaultKind planned) {
        return torn ? planned : FaultKind.BROKER_KILL;
    }

    @Override
    public void heal() throws Exception {
        kill.heal();
    }
}
