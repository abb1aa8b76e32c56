package io.reliablemq.reliability.conductor;

import io.reliablemq.reliability.conductor.GroundTruth.Progress;
import java.sql.SQLException;

/** Says every few seconds how far the run is, in one line. */
final class ProgressLine implements AutoCloseable {

    private static final long EVERY_MS = 5_000;

    private final GroundTruth truth;
    private final Recorder recorder;
    private final long begin = System.nanoTime();
    private final Thread thread = new Thread(this::run, "progress");

    ProgressLine(GroundTruth truth, Recorder recorder) {
        this.truth = truth;
        this.recorder = recorder;
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(EVERY_MS);
                System.out.println(line());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String line() {
        long seconds = (System.nanoTime() - begin) / 1_000_000_000;
        return "[%02d:%02d] %-52s faults %3d  on: %s"
                .formatted(seconds / 60, seconds % 60, figures(), recorder.count(), recorder.on());
    }

    private String figures() {
        try {
            Progress progress = truth.progress();
            return "committed %6d  effects %7d  owed %5d  outbox %5d"
                    .formatted(progress.committed(), progress.effects(), progress.owed(), progress.outbox());
        } catch (SQLException e) {
            return "(the database does not answer)";
        }
    }
}
