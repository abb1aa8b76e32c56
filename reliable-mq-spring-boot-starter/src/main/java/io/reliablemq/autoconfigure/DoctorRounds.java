package io.reliablemq.autoconfigure;

import io.reliablemq.autoconfigure.DoctorProperties.OnFailure;
import io.reliablemq.doctor.Doctor;
import io.reliablemq.doctor.Finding;
import io.reliablemq.doctor.Findings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Examines at the start and from time to time, on a thread of its own. Only where wrong settings are to be refused the start waits for
 * the first examination, which is bounded.
 */
class DoctorRounds implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(DoctorRounds.class);

    /** Who has not answered may just have been starting, as this application was. */
    private static final Duration SOON = Duration.ofSeconds(20);

    private static final int SOON_AT_MOST = 5;

    private final Doctor doctor;
    private final DoctorProperties properties;
    private final List<Consumer<Findings>> told = new CopyOnWriteArrayList<>();
    private volatile @Nullable ScheduledExecutorService executor;
    private int unseen;

    DoctorRounds(Doctor doctor, DoctorProperties properties, Consumer<Findings> report) {
        this.doctor = doctor;
        this.properties = properties;
        told.add(report);
    }

    void tell(Consumer<Findings> listener) {
        told.add(listener);
    }

    @Override
    public synchronized void start() {
        Duration first = Duration.ZERO;
        if (refuses()) {
            first = pauseAfter(refuseWrongSettings());
        }
        ScheduledThreadPoolExecutor one = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "reliable-mq-doctor");
            thread.setDaemon(true);
            return thread;
        });
        executor = one;
        schedule(one, first);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // a round reports its own failures
    private void schedule(ScheduledExecutorService one, Duration pause) {
        if (!one.isShutdown()) {
            one.schedule(() -> schedule(one, round()), pause.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private boolean refuses() {
        return properties.onFailure() == OnFailure.REFUSE;
    }

    private Findings refuseWrongSettings() {
        Findings findings = doctor.examine();
        if (!findings.refusing().isEmpty()) {
            throw new SettingsRefusedException(findings.refusing());
        }
        tellAll(findings);
        return findings;
    }

    /** Answers when to look again. */
    private Duration round() {
        try {
            Findings findings = doctor.examine();
            if (isRunning()) { // who is interrupted has not seen what he says is unknown
                tellAll(findings);
            }
            return pauseAfter(findings);
        } catch (RuntimeException | Error e) {
            if (isRunning()) {
                log.warn("The doctor could not examine; it tries again in {}", properties.interval(), e);
            }
            return properties.interval();
        }
    }

    Duration pauseAfter(Findings findings) {
        unseen = findings.with(Finding.Status.UNKNOWN).isEmpty() ? 0 : unseen + 1;
        boolean soon = unseen > 0 && unseen <= SOON_AT_MOST && SOON.compareTo(properties.interval()) < 0;
        return soon ? SOON : properties.interval();
    }

    private void tellAll(Findings findings) {
        told.forEach(listener -> listener.accept(findings));
    }

    @Override
    public synchronized void stop() {
        ScheduledExecutorService one = executor;
        executor = null;
        if (one != null) {
            one.shutdownNow();
        }
    }

    @Override
    public boolean isRunning() {
        return executor != null;
    }

    /** Before anything sends or receives where that may be refused, else when all has started. */
    @Override
    public int getPhase() {
        return refuses() ? OutboxNodeLifecycle.PHASE - 1 : DEFAULT_PHASE;
    }
}
