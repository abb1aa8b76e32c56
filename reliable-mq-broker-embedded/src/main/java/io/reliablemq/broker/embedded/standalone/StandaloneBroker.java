package io.reliablemq.broker.embedded.standalone;

import io.reliablemq.broker.embedded.EmbeddedBrokerException;
import java.io.IOException;
import java.util.Optional;

/**
 * Runs an embedded broker by itself until it gets a signal to end, then closes it in order. On standard output it prints a line
 * that begins with {@code READY} when messages are taken, and {@code STOPPED} in the end; everything else goes to standard error.
 *
 * <p>Exit status: 0 after {@code --help} and at the end of its input, 143 after SIGTERM and 130 after SIGINT as of every JVM, 1 if
 * the broker could not be started, 2 for a wrong option, before anything was started.
 */
public final class StandaloneBroker {

    private static final int NOT_STARTED = 1;
    private static final int WRONG_OPTION = 2;

    private StandaloneBroker() {}

    /** @param arguments see {@code --help} */
    public static void main(String[] arguments) {
        read(arguments).ifPresent(StandaloneBroker::run);
    }

    private static Optional<Launch> read(String[] arguments) {
        try {
            Options options = Options.parse(arguments);
            if (!options.isHelp()) {
                return Optional.of(options.launch());
            }
            System.out.print(Usage.text());
        } catch (IllegalArgumentException e) {
            end(WRONG_OPTION, e.getMessage() + " (--help lists the options)");
        }
        return Optional.empty();
    }

    private static void run(Launch launch) {
        PlainLog.at(launch.logLevel());
        try {
            RunningBroker broker = RunningBroker.start(launch);
            if (launch.stopsAtEndOfInput()) {
                broker.closeAtEndOfInput();
            }
        } catch (EmbeddedBrokerException | IOException e) {
            if (launch.isDebugging()) {
                e.printStackTrace();
            }
            end(NOT_STARTED, String.valueOf(e.getMessage()));
        }
    }

    private static void end(int status, String message) {
        System.err.println("reliable-mq-broker: " + message);
        System.exit(status);
    }
}
