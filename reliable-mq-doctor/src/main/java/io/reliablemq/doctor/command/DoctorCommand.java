package io.reliablemq.doctor.command;

import io.reliablemq.doctor.Finding;
import io.reliablemq.doctor.Findings;
import io.reliablemq.doctor.broker.ClusterInspection;
import io.reliablemq.doctor.examination.Examination;
import io.reliablemq.doctor.facts.ApplicationFacts;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Examines a cluster from outside: {@code java -jar reliable-mq-doctor.jar --name-server host:9876}.
 *
 * <p><b>Errors</b>: the exit code is 0 when nothing is wrong, 1 with a FAIL, 2 when the arguments are wrong, 3 when something could not be
 * seen.
 */
public final class DoctorCommand {

    static final int FINE = 0;
    static final int WRONG = 1;
    static final int MISUSED = 2;
    static final int UNSEEN = 3;

    private final PrintStream out;

    DoctorCommand(PrintStream out) {
        this.out = out;
    }

    /** See {@code --help}. */
    public static void main(String[] args) {
        System.exit(new DoctorCommand(System.out).run(args));
    }

    int run(String... args) {
        try {
            return run(Arguments.parse(List.of(args)));
        } catch (IllegalArgumentException e) {
            out.println(e.getMessage());
            out.println(Arguments.USAGE);
            return MISUSED;
        }
    }

    private int run(Arguments arguments) {
        ApplicationFacts nobody = new ApplicationFacts(
                arguments.copies(),
                Duration.ofSeconds(3),
                Duration.ofHours(1),
                false,
                null,
                arguments.topics(),
                List.of());
        ClusterInspection cluster = new ClusterInspection(arguments.cluster(), arguments.timeout(), false);
        Findings seen = new Examination(
                        () -> nobody,
                        null,
                        cluster::inspect,
                        arguments.timeout().multipliedBy(10))
                .examine();
        List<Finding> all = new ArrayList<>(seen.all());
        all.addAll(new Endpoints(arguments.endpoints(), arguments.timeout()).findings());
        Findings findings = new Findings(all, seen.guarantees());
        out.println(Findings.table(findings.all()));
        out.println();
        out.println(findings.summary() + ": " + findings.guarantees());
        return code(findings);
    }

    private static int code(Findings findings) {
        return switch (findings.worst()) {
            case FAIL -> WRONG;
            case UNKNOWN -> UNSEEN;
            case OK, WARN -> findings.with(Finding.Status.UNKNOWN).isEmpty() ? FINE : UNSEEN;
        };
    }
}
