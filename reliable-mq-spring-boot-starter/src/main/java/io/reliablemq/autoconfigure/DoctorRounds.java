package io.reliablemq.autoconfigure;

import io.reliablemq.autoconfigure.DoctorProperties.OnFailure;
import io.reliablemq.doctor.Doctor;
import io.reliablemq.doctor.Findings;
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

    private final Doctor doctor;
    private final DoctorProperties properties;
    private final List<Consumer<Findings>> told = new CopyOnWriteArrayList<>();
    private volatile @Nullable ScheduledExecutorService executor;

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
        long first = 0;
        if (properties.onFailure() == OnFailure.REFUSE) {
            refuseWrongSettings();
            first = properties.interval().toMillis();
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
    private void schedule(ScheduledExecutorService one, long first) {
        one.scheduleWithFixedDelay(this::round, first, properties.interval().toMillis(), TimeUnit.MILLISECONDS);
    }

    private void refuseWrongSettings() {
        Findings findings = doctor.examine();
        if (!findings.refusing().isEmpty()) {
            throw new SettingsRefusedException(findings.refusing());
        }
        tellAll(findings);
    }

    private void round() {
        try {
            tellAll(doctor.examine());
        } catch (RuntimeException | Error e) {
            if (isRunning()) {
                log.warn("The doctor could not examine; it tries again in {}", properties.interval(), e);
            }
        }
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

    /** Before anything sends or receives. */
    @Override
    public int getPhase() {
        return OutboxNodeLifecycle.PHASE - 1;
    }
}
