package io.reliablemq.broker.embedded.standalone;

import io.reliablemq.broker.embedded.EmbeddedBroker;
import java.io.IOException;

/** The broker of this process, which everybody is told of. */
final class RunningBroker {

    private final EmbeddedBroker broker;
    private final ReadyFile readyFile;
    private boolean closed;

    private RunningBroker(EmbeddedBroker broker, ReadyFile readyFile) {
        this.broker = broker;
        this.readyFile = readyFile;
    }

    /** Returns when messages are taken; signals close it from then on. */
    static RunningBroker start(Launch launch) throws IOException {
        launch.readyFile().remove();
        RunningBroker running = new RunningBroker(EmbeddedBroker.start(launch.settings()), launch.readyFile());
        Runtime.getRuntime().addShutdownHook(new Thread(running::close, "standalone-broker-close"));
        running.announce();
        return running;
    }

    private void announce() throws IOException {
        readyFile.write(broker);
        System.out.println("READY endpoints=%s name-server=%s data-directory=%s"
                .formatted(broker.endpoints(), broker.nameServer(), broker.dataDirectory()));
    }

    /** The process then ends by itself, as nothing of the broker is left. */
    void closeAtEndOfInput() {
        try {
            while (System.in.read() >= 0) {
                // whoever has started this process is there and has nothing to say
            }
        } catch (IOException e) {
            // as good as the end
        }
        close();
    }

    private synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        readyFile.removeIfPossible();
        broker.close();
        System.out.println("STOPPED");
    }
}
