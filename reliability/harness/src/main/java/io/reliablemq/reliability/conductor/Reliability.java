package io.reliablemq.reliability.conductor;

import io.reliablemq.reliability.checker.Verdict;
import io.reliablemq.reliability.checker.Violation.Kind;
import io.reliablemq.reliability.mutant.Mutant;
import io.reliablemq.reliability.report.HtmlReport;
import io.reliablemq.reliability.report.TextReport;
import io.reliablemq.reliability.system.NotPossibleException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What {@code reliability/run} starts. Exit codes: 0 all promises kept, 1 one was not, 2 the run proves nothing, 3 this machine cannot do it. */
public final class Reliability {

    private Reliability() {}

    @SuppressWarnings("CatchAndPrintStackTrace") // it is the end of the program
    public static void main(String[] arguments) {
        System.setProperty("reliable-mq.databases.durable", "true");
        int exit;
        try {
            exit = run(Options.parse(arguments));
        } catch (NotPossibleException e) {
            System.out.println("NOT RUN: " + e.getMessage());
            exit = 3;
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage() + "\n" + Options.USAGE);
            exit = 2;
        } catch (Exception e) {
            e.printStackTrace();
            System.out.println("INVALID: the harness failed, so the run proves nothing");
            exit = 2;
        }
        System.exit(exit);
    }

    private static int run(Options options) throws Exception {
        Path folder = newFolder(options);
        Files.writeString(folder.resolve("command"), options.command() + "\n");
        System.out.println(options.command() + "\nwrites to " + folder);
        Run.Result result = Run.of(options, folder);
        Verdict verdict = result.verdict();
        String text = new TextReport(options.command(), Run.BOUND, result.history(), verdict).text();
        Files.writeString(folder.resolve("report.txt"), text + verdict.summary(options.seed()) + "\n");
        Files.writeString(
                folder.resolve("report.html"), new HtmlReport(options.command(), text, result.history()).html());
        System.out.print(text);
        int exit = judge(options, result);
        System.out.println(verdict.summary(options.seed()));
        return exit;
    }

    private static int judge(Options options, Run.Result result) {
        Verdict verdict = result.verdict();
        Kind expected = options.mutant().map(Mutant::shows).orElse(null);
        if (expected != null) {
            return judge(options.mutant().get(), verdict.count(expected) > 0);
        }
        // listeners that are away for long are late
        boolean kept = verdict.isClean()
                || (options.mutant().isPresent()
                        && verdict.count(Kind.LATE) == verdict.violations().size());
        if (!kept) {
            return 1;
        }
        if (result.doubt().isPresent()) {
            System.out.println("INVALID: " + result.doubt().get());
            return 2;
        }
        if (verdict.committed() == 0
                || (verdict.struck() == 0 && !options.faults().isEmpty())) {
            System.out.println("INVALID: nothing was committed, or no fault struck while a message was in flight");
            return 2;
        }
        return 0;
    }

    /** A break has to show as what it is; that something else went wrong as well proves nothing. */
    private static int judge(Mutant mutant, boolean caught) {
        System.out.println(
                "mutant " + mutant.text() + (caught ? " CAUGHT" : " SURVIVED") + ", expected: " + mutant.shows());
        return caught ? 0 : 1;
    }

    private static Path newFolder(Options options) throws IOException {
        String name = options.database().tag() + "-seed-" + options.seed()
                + options.mutant().map(mutant -> "-" + mutant.text()).orElse("");
        Path folder = options.folder().toAbsolutePath().resolve(name);
        for (int i = 2; Files.exists(folder); i++) {
            folder = folder.resolveSibling(name + "-" + i);
        }
        return Files.createDirectories(folder);
    }
}
