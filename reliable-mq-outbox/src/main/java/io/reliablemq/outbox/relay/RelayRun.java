package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.spi.LaneClaim;
import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.outbox.spi.LaneStore;
import io.reliablemq.outbox.spi.MessageSender;
import io.reliablemq.outbox.spi.OutboxRow;
import io.reliablemq.outbox.spi.OutboxStore;
import io.reliablemq.outbox.spi.RelayFeed;
import io.reliablemq.outbox.spi.RelayObserver;
import io.reliablemq.outbox.spi.RelaySettings;
import io.reliablemq.outbox.spi.RelayStatus;
import io.reliablemq.outbox.spi.RowRef;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts of a relay and their threads, from one start to its stop. */
final class RelayRun implements RelayFeed {

    private static final Logger log = LoggerFactory.getLogger(OutboxRelay.class);

    private final RelaySettings settings;
    private final KnownLayout layout;
    private final CrossLaneOrder order;
    private final Mailbox mailbox = new Mailbox();
    private final HeldMessages held;
    private final Intake intake;
    private final Lookout lookout;
    private final Circumstances circumstances;
    /** Each has a thread; in a simulation somebody else does their turns. */
    final Settler settler;

    final LaneKeeper keeper;
    final DueMover dueMover;
    final RelayLoop loop;

    private final AtomicLong offeredBytes = new AtomicLong();
    private volatile int[] ownLanes = {};
    private volatile boolean started;
    private volatile boolean running;

    /** @param layout what this process works by; kept up to date */
    RelayRun(
            OutboxStore store,
            LaneStore lanes,
            KnownLayout layout,
            MessageSender sender,
            RelaySettings settings,
            RelayObserver observer,
            String name,
            Circumstances circumstances) {
        this.settings = settings;
        this.circumstances = circumstances;
        this.layout = layout;
        held = new HeldMessages(settings, circumstances);
        Parking parking = new Parking(store, observer);
        order = new CrossLaneOrder(store, layout.get(), circumstances::nanoTime);
        intake = new Intake(store, held, parking, order, settings.sweep(), circumstances);
        settler = new Settler(store, refs -> mailbox.post(() -> settled(refs, observer)), circumstances);
        keeper = new LaneKeeper(
                lanes,
                name,
                settings.lease(),
                new LaneChange(lanes, settings.lease().plus(settings.trailing()), settings.lease(), circumstances),
                observer,
                circumstances);
        dueMover = new DueMover(store, observer, circumstances);
        lookout = new Lookout(store, mailbox, circumstances);
        TableReader reader = new TableReader(store, settings, held, intake, lookout, circumstances);
        Dispatcher dispatcher = new Dispatcher(
                sender,
                settings,
                observer,
                held,
                intake,
                parking,
                settler,
                new KnownTopics(store, settler::remember),
                mailbox,
                circumstances);
        loop = new RelayLoop(
                settings, held, intake, reader, lookout, dispatcher, mailbox, keeper::fenced, circumstances);
    }

    /** Threads start once. */
    boolean started() {
        return started;
    }

    boolean running() {
        return running;
    }

    void start() {
        begin();
        settler.start();
        dueMover.start();
        loop.start();
        keeper.start();
    }

    /** What is left of a start without the threads. */
    void begin() {
        started = true;
        running = true;
        keeper.serve(this::own, this::drain, this::work, order::sawMisplaced, this::standstill);
    }

    /** For how many nanoseconds the relay has not come on: its loop, the look at the table, or the deletion of what is stored. */
    private long standstill() {
        return Math.max(loop.standstill(), settler.silence());
    }

    void stop() {
        if (!running) {
            return;
        }
        long deadline = circumstances.nanoTime() + settings.shutdownTimeout().toNanos();
        try {
            // what is in flight has most of the time; it begins while the move of what is due ends
            letGo();
            dueMover.stop(atLeastOneSecond(deadline));
            loop.stop(atLeastOneSecond(deadline));
            lookout.stop(atLeastOneSecond(deadline));
            settler.stop(atLeastOneSecond(deadline));
            keeper.stop(atLeastOneSecond(deadline));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            log.warn("Interrupted while stopping the relay; what is not settled is sent once more by the next owner");
        }
    }

    /** What is left of a stop without the threads: from now on nothing new is taken, and nothing sent. */
    void letGo() {
        running = false;
        ownLanes = new int[0];
        loop.letGo();
    }

    private Duration atLeastOneSecond(long deadline) {
        return Duration.ofNanos(Math.max(1_000_000_000L, deadline - circumstances.nanoTime()));
    }

    /** What goes on right now; {@code running} is false also when the loop does not answer within a second. */
    RelayStatus status() {
        CompletableFuture<RelayStatus> answer = new CompletableFuture<>();
        if (running) {
            mailbox.post(() -> answer.complete(snapshot()));
            try {
                return answer.get(1, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException | TimeoutException e) {
                log.debug("The relay loop did not answer within a second", e);
            }
        }
        return new RelayStatus(false, 0, 0, 0, List.of());
    }

    private RelayStatus snapshot() {
        Instant now = Instant.now();
        long nanos = circumstances.nanoTime();
        List<RelayStatus.Outage> outages = held.flows().stream()
                .filter(TopicFlow::suffers)
                .map(flow -> new RelayStatus.Outage(
                        flow.topic, now.minusNanos(nanos - flow.window.outageSince()), flow.lastError))
                .toList();
        return new RelayStatus(true, intake.lanes().size(), held.size(), held.inFlight(), outages);
    }

    private void own(Map<Integer, LaneClaim> claims) {
        ownLanes =
                running ? claims.keySet().stream().mapToInt(Integer::intValue).toArray() : new int[0];
        int losses = keeper.losses();
        mailbox.post(() -> {
            loop.own(claims);
            keeper.heard(losses);
        });
    }

    /** @return whether writers and relay loop work by this layout now */
    private boolean work(LaneLayout now) {
        if (now.equals(layout.get()) && order.follows(now)) {
            return true;
        }
        CompletableFuture<Void> followed = new CompletableFuture<>();
        mailbox.post(() -> {
            order.follow(now);
            followed.complete(null);
        });
        layout.set(now);
        boolean follows = circumstances.isDone(followed, settings.lease().dividedBy(10));
        if (!follows) {
            log.debug("The relay loop does not follow the lane layout yet");
        }
        return follows;
    }

    private CompletableFuture<Void> drain(int lane) {
        CompletableFuture<Void> drained = new CompletableFuture<>();
        mailbox.post(() -> loop.drain(lane, () -> drained.complete(null)));
        return drained;
    }

    private void settled(List<RowRef> refs, RelayObserver observer) {
        refs.forEach(ref -> {
            HeldMessage message = held.get(ref.messageId());
            if (message != null) {
                if (message.state != HeldMessage.State.SETTLING) {
                    // it is stored by an attempt of which nobody waited for the answer any longer
                    intake.goesOn(message);
                }
                held.drop(message);
            }
        });
        observer.settled(refs.size());
    }

    @Override
    public int unorderedLane() {
        int[] own = ownLanes;
        int lanes = layout.get().lanes();
        int lane = own.length == 0 ? lanes : own[chance(own.length)];
        return lane < lanes ? lane : chance(lanes);
    }

    private int chance(int bound) {
        return (int) circumstances.chance(bound);
    }

    @Override
    public void announce(Collection<UUID> messageIds) {
        intake.announce(messageIds);
    }

    @Override
    public void committed(List<OutboxRow> rows) {
        long bytes = rows.stream().mapToLong(row -> row.message().weight()).sum();
        if (!running || offeredBytes.get() > settings.maxHeldBytes()) {
            released(rows.stream().map(row -> row.ref().messageId()).toList());
            return;
        }
        offeredBytes.addAndGet(bytes);
        mailbox.post(() -> {
            offeredBytes.addAndGet(-bytes);
            intake.committed(rows);
        });
    }

    @Override
    public void released(Collection<UUID> messageIds) {
        intake.release(messageIds);
    }
}
