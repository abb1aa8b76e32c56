package io.reliablemq.outbox.relay;

import io.reliablemq.outbox.spi.LaneClaim;
import io.reliablemq.outbox.spi.LaneLayout;
import io.reliablemq.outbox.spi.LaneStore;
import io.reliablemq.outbox.spi.LaneStore.Neighbour;
import io.reliablemq.outbox.spi.LogEvent;
import io.reliablemq.outbox.spi.RelayObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this process's lease, takes its fair share of the lanes, frees those of the dead, gives up what is too much. A thread of
 * its own. The local deadline counts from before a heartbeat was sent, by the monotonic clock, so that this process stops
 * sending before others may take its lanes, whatever its wall clock says and however long it was paused.
 */
final class LaneKeeper {

    private static final Logger log = LoggerFactory.getLogger(LaneKeeper.class);

    private final LaneStore store;
    private final Duration lease;
    private final Membership membership;
    private final FailureDetector failureDetector;
    private final LaneChange change;
    private final RelayObserver observer;
    private final Circumstances circumstances;
    private final Thread thread = new Thread(this::run, "reliable-mq-lanes");
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Map<Integer, CompletableFuture<Void>> draining = new ConcurrentHashMap<>();

    private Consumer<Map<Integer, LaneClaim>> owner = claims -> {};
    private IntFunction<CompletableFuture<Void>> drain = lane -> CompletableFuture.completedFuture(null);
    private Predicate<LaneLayout> works = layout -> true;
    private BooleanSupplier sawMisplaced = () -> false;
    private LongSupplier standstill = () -> 0;

    private int lastCount = -1;
    private volatile long deadline;
    /** How often all lanes were lost to other processes, and which of that the loop has heard of. */
    private volatile int losses;

    private volatile int heard;

    LaneKeeper(
            LaneStore store,
            String name,
            Duration lease,
            LaneChange change,
            RelayObserver observer,
            Circumstances circumstances) {
        this.store = store;
        this.lease = lease;
        this.membership = new Membership(store, store::join, name, lease);
        this.failureDetector = new FailureDetector(lease, circumstances::nanoTime);
        this.change = change;
        this.observer = observer;
        this.circumstances = circumstances;
        this.deadline = circumstances.nanoTime();
        thread.setDaemon(true);
    }

    /**
     * @param owner told the lanes that this process owns, after each look
     * @param drain asked to let go of a lane
     * @param works told the lane layout; whether this process works by it now
     * @param sawMisplaced whether a message was found in a lane where it does not belong
     * @param standstill nanoseconds for which the relay has not come on; one that stands must not keep its lanes
     */
    void serve(
            Consumer<Map<Integer, LaneClaim>> owner,
            IntFunction<CompletableFuture<Void>> drain,
            Predicate<LaneLayout> works,
            BooleanSupplier sawMisplaced,
            LongSupplier standstill) {
        this.owner = owner;
        this.drain = drain;
        this.works = works;
        this.sawMisplaced = sawMisplaced;
        this.standstill = standstill;
    }

    void start() {
        thread.start();
    }

    /**
     * Whether the lease may have ended: nothing is sent and nothing is read then. Neither before the loop has heard that it did: what it
     * holds until then may have been parked by another process, and a new lease says nothing about it.
     */
    boolean fenced() {
        return heard != losses || circumstances.nanoTime() - deadline >= 0;
    }

    int losses() {
        return losses;
    }

    /** The loop has let go of what it had when the lanes were lost for that time. */
    void heard(int loss) {
        heard = loss;
    }

    /** Gives all lanes up, so that others take them at once. */
    void stop(Duration atMost) throws InterruptedException {
        stopped.countDown();
        thread.join(Math.max(1, atMost.toMillis()));
    }

    private void run() {
        try {
            do {
                beat();
            } while (!stopped.await(lease.toMillis() / 3, TimeUnit.MILLISECONDS));
            leave();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            log.warn("Could not give the lanes up at shutdown; others take them in {}: {}", lease, e.toString());
        }
    }

    /** In the end. */
    void leave() {
        deadline = circumstances.nanoTime();
        membership.leave();
    }

    /** Once each third of a lease. */
    void beat() {
        try {
            if (loopStands()) {
                LogEvent.RELAY_STANDS
                        .on(log)
                        .log(
                                "The relay has not come on for {} ms, or its database does not answer: the lease is not renewed, others take the lanes",
                                standstill.getAsLong() / 1_000_000);
                observer.fenced("the relay loop stands");
                return;
            }
            renew();
            // before any lane is claimed: a relay that knew nothing of a change would break the order
            LaneLayout layout = membership.follow(works);
            failureDetector.dead(store.neighbours(membership.node())).forEach(this::expel);
            Map<Integer, LaneClaim> claims = balance(store.owned(membership.node()));
            publish(claims);
            change(layout, claims.values());
        } catch (RuntimeException | Error e) {
            LogEvent.LEASE_NOT_RENEWED
                    .on(log)
                    .addKeyValue("reliablemq.detail", e.toString())
                    .log("Could not reach the database to keep the lanes; trying again: {}", e.toString());
            if (membership.joined() && fenced()) {
                observer.fenced("the lease could not be renewed");
            }
        }
    }

    private boolean loopStands() {
        return standstill.getAsLong() > lease.toNanos() / 2;
    }

    private void renew() {
        long before = circumstances.nanoTime();
        membership.renew(this::expelled);
        deadline = before + lease.toNanos() - lease.toNanos() / 10;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // by this thread alone
    private void expelled() {
        losses++;
        deadline = circumstances.nanoTime();
        LogEvent.LANES_LOST
                .on(log)
                .log("Another process has taken over the lanes of this one: it was silent for longer than {}", lease);
        observer.fenced("expelled by another process");
        publish(Map.of());
        draining.clear();
    }

    private void change(LaneLayout layout, Collection<LaneClaim> claims) {
        change.reopen(layout, sawMisplaced.getAsBoolean());
        change.goOn(layout, claims);
        change.retire(layout, claims);
    }

    private void expel(Neighbour dead) {
        int freed = store.expel(dead);
        if (freed > 0) {
            LogEvent.LANES_FREED
                    .on(log)
                    .addKeyValue("reliablemq.lanes", freed)
                    .log("Freed {} lanes of a process that has been silent for longer than its lease", freed);
        }
    }

    private Map<Integer, LaneClaim> balance(Map<Integer, Long> epochs) {
        Map<Integer, LaneClaim> claims = new HashMap<>();
        epochs.forEach((lane, epoch) -> claims.put(lane, new LaneClaim(membership.node(), lane, epoch)));
        handOverDrained(claims);
        int fairShare = -Math.floorDiv(-store.lanes(), Math.max(1, store.liveNodes()));
        if (claims.size() < fairShare) {
            store.claim(membership.node(), fairShare - claims.size()).forEach(claim -> claims.put(claim.lane(), claim));
        }
        beginDraining(claims, claims.size() - draining.size() - fairShare);
        return claims;
    }

    private void handOverDrained(Map<Integer, LaneClaim> claims) {
        draining.keySet().retainAll(claims.keySet());
        List<Integer> ready = draining.entrySet().stream()
                .filter(e -> e.getValue().isDone())
                .map(Map.Entry::getKey)
                .toList();
        for (Integer lane : ready) {
            LaneClaim claim = claims.remove(lane);
            if (claim != null) {
                store.handOver(claim);
            }
            draining.remove(lane);
        }
    }

    private void beginDraining(Map<Integer, LaneClaim> claims, int tooMany) {
        List<Integer> candidates = new ArrayList<>(claims.keySet());
        candidates.removeAll(draining.keySet());
        for (int i = 0; i < Math.min(tooMany, candidates.size()); i++) {
            draining.put(candidates.get(i), drain.apply(candidates.get(i)));
        }
    }

    private void publish(Map<Integer, LaneClaim> claims) {
        if (claims.size() != lastCount) {
            lastCount = claims.size();
            LogEvent.LANES_OWNED
                    .on(log)
                    .addKeyValue("reliablemq.lanes", lastCount)
                    .log("This process relays {} lanes", lastCount);
            observer.lanesChanged(lastCount);
        }
        owner.accept(claims);
    }
}
