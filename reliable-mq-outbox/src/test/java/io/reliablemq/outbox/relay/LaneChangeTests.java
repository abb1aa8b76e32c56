package io.reliablemq.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.outbox.spi.LaneClaim;
import io.reliablemq.outbox.spi.LaneLayout;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the owner of the first lane asks of the store at its heartbeats; the steps themselves are the store's. */
class LaneChangeTests {

    private static final Duration GRACE = Duration.ofSeconds(25);
    private static final LaneLayout CHANGING = new LaneLayout(4, 6, 2);
    private static final LaneLayout SETTLED = new LaneLayout(4, 4, 3);

    private final Steps store = new Steps();
    private final LaneChange change = new LaneChange(store, GRACE, Duration.ofSeconds(10), Circumstances.REAL);

    /** Answers as it is told to, and keeps what was asked. */
    private static final class Steps extends MemoryLanes {

        boolean graceIsOver = true;
        boolean free = true;
        int misplaced;
        int pages = 3;
        final Queue<Survey> surveys = new ArrayDeque<>();
        final List<Long> finished = new ArrayList<>();
        final List<Integer> retired = new ArrayList<>();
        int revivals;
        int reopened;

        Steps() {
            super(6);
        }

        @Override
        public boolean advance(Duration grace) {
            super.advance(grace);
            return graceIsOver;
        }

        @Override
        public Survey survey(Survey from, int rows) {
            surveys.add(from);
            boolean last = from.id() + 1 >= pages;
            return new Survey(from.layout(), 0, from.id() + 1, last ? misplaced : 0, last);
        }

        @Override
        public boolean finish(long layoutEpoch) {
            return finished.add(layoutEpoch);
        }

        @Override
        public boolean reopen() {
            reopened++;
            return free;
        }

        @Override
        public boolean retire(LaneClaim claim) {
            return retired.add(claim.lane());
        }

        @Override
        public int revive() {
            revivals++;
            return 0;
        }
    }

    private static List<LaneClaim> owning(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(lane -> new LaneClaim(UUID.randomUUID(), lane, 1))
                .toList();
    }

    @Test
    void endsAfterAllPagesWereLookedThroughAndNothingWasMisplaced() {
        change.goOn(CHANGING, owning(0, 6));

        assertThat(store.grace).isEqualTo(GRACE);
        assertThat(store.surveys).hasSize(3);
        assertThat(store.finished).containsExactly(2L);
    }

    @Test
    void doesNotEndBeforeTheGraceIsOver() {
        store.graceIsOver = false;
        change.goOn(CHANGING, owning(0, 6));

        assertThat(store.surveys).isEmpty();
        assertThat(store.finished).isEmpty();
    }

    @Test
    void looksAnewFromTheBeginningWhileAMessageIsMisplaced() {
        store.misplaced = 1;
        change.goOn(CHANGING, owning(0, 6));
        assertThat(store.finished).isEmpty();

        store.misplaced = 0;
        change.goOn(CHANGING, owning(0, 6));

        assertThat(store.surveys).hasSize(6);
        assertThat(store.finished).containsExactly(2L);
    }

    /** It was made by counts that are not those of this change. */
    @Test
    void doesNotGoOnWithALookAtAnotherLayout() {
        LaneChange hurried = new LaneChange(store, GRACE, Duration.ofMillis(10), Circumstances.REAL);
        store.pages = Integer.MAX_VALUE;
        hurried.goOn(CHANGING, owning(0, 6));
        LaneLayout reopened = new LaneLayout(4, 6, 4);
        store.pages = 3;
        store.surveys.clear();

        hurried.goOn(reopened, owning(0, 6));

        assertThat(store.surveys.element().layout()).isEqualTo(reopened);
        assertThat(store.surveys.element().id()).isZero();
        assertThat(store.finished).containsExactly(4L);
    }

    @Test
    void isLeftToTheOwnerOfTheFirstLane() {
        change.goOn(CHANGING, owning(1, 6));

        assertThat(store.finished).isEmpty();
        assertThat(store.revivals).isZero();
    }

    @Test
    void looksForLanesWithoutAnOwnerAlsoWhenNothingChanges() {
        change.goOn(SETTLED, owning(0, 4));

        assertThat(store.revivals).isEqualTo(1);
        assertThat(store.surveys).isEmpty();
    }

    @Test
    void removesLanesBeyondTheCountWhenNothingChanges() {
        change.retire(CHANGING, owning(0, 6));
        assertThat(store.retired).isEmpty();

        change.retire(SETTLED, owning(2, 6));

        assertThat(store.retired).containsExactly(4, 5);
    }

    @Test
    void reopensUntilItCould() {
        store.free = false;
        change.reopen(SETTLED, true);
        change.reopen(SETTLED, false);
        assertThat(store.reopened).isEqualTo(2);

        store.free = true;
        change.reopen(SETTLED, false);
        change.reopen(SETTLED, false);

        assertThat(store.reopened).isEqualTo(3);
    }

    @Test
    void doesNotReopenWhatIsOpen() {
        change.reopen(CHANGING, true);
        change.reopen(SETTLED, false);

        assertThat(store.reopened).isZero();
    }
}
