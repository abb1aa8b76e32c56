package io.reliablemq.reliability.fault;

import io.reliablemq.reliability.worker.Observation;
import java.util.Optional;
import java.util.OptionalLong;

/** Something within a process that is switched on and off again, and counts when the process has noticed it. */
final class NoticedFault implements Fault {

    private final SwitchedFault fault;
    private final Struck process;
    private final Evidence evidence;
    private long struck;

    NoticedFault(SwitchedFault fault, Struck process, Evidence evidence) {
        this.fault = fault;
        this.process = process;
        this.evidence = evidence;
    }

    /** The process that it is done to. */
    interface Struck {
        /** What it has last seen of itself. */
        Optional<Observation> observed() throws Exception;
    }

    /** What is to be seen. */
    interface Evidence {
        /**
         * Answers what was seen instead.
         *
         * @param afterMs how long it had been on by then
         */
        Optional<String> missingIn(Observation seen, long afterMs);
    }

    @Override
    public String target() {
        return fault.target();
    }

    @Override
    public OptionalLong strike() throws Exception {
        OptionalLong at = fault.strike();
        struck = at.orElseThrow();
        return at;
    }

    @Override
    public Optional<String> inVain() throws Exception {
        Optional<Observation> seen = process.observed().filter(observation -> observation.at() >= struck);
        return seen.isEmpty()
                ? Optional.of("the process was killed or stopped, and has seen nothing of it")
                : evidence.missingIn(seen.get(), seen.get().at() - struck);
    }

    @Override
    public void heal() throws Exception {
        fault.heal();
    }
}
