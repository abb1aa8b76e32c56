package io.reliablemq.reliability.mutant;

import io.reliablemq.faults.process.ParentProcess;
import io.reliablemq.reliability.worker.WorkerApplication;
import org.springframework.boot.SpringApplication;

/** The application with one break. */
public final class MutantApplication {

    /** System property with the name of a {@link Mutant}. */
    public static final String NAME = "reliability.mutant";

    private MutantApplication() {}

    public static void main(String[] arguments) {
        ParentProcess.endWithIt();
        Mutant mutant = Mutant.of(System.getProperty(NAME, ""));
        SpringApplication.run(new Class<?>[] {WorkerApplication.class, mutant.configuration()}, arguments);
    }
}
