package io.reliablemq.consumer.processing;

import io.reliablemq.consumer.DeadLetters.Action;
import io.reliablemq.consumer.DeadLetters.Operation;
import io.reliablemq.consumer.ReplayOutcome;
import io.reliablemq.consumer.spi.DeadLetterObserver;
import io.reliablemq.consumer.spi.DeadLetterObserver.Ending;
import java.util.function.Function;
import java.util.function.Supplier;

/** Says of each call of an operator how it ended, dry runs left out. */
record OperatorCalls(DeadLetterObserver observer) {

    /** How a call ended, and how many letters it has changed. */
    record Result(Ending ending, long letters) {}

    /** An exception is a failure, too. */
    <T> T call(Operation operation, Action action, Supplier<T> call, Function<T, Result> result) {
        if (action.dryRun()) {
            return call.get();
        }
        Result told = new Result(Ending.FAILED, 0);
        try {
            T answer = call.get();
            told = result.apply(answer);
            return answer;
        } finally {
            observer.ended(operation, told.ending(), told.letters());
        }
    }

    static Result changed(boolean done) {
        return result(done ? 1 : 0, 0);
    }

    static Result changed(ReplayOutcome outcome) {
        return result(
                outcome instanceof ReplayOutcome.Replayed ? 1 : 0, outcome instanceof ReplayOutcome.Failed ? 1 : 0);
    }

    static Result changed(PacedRound.Total total) {
        return result(total.done(), total.failed());
    }

    private static Result result(long done, long failed) {
        if (done > 0) {
            return new Result(Ending.DONE, done);
        }
        return new Result(failed > 0 ? Ending.FAILED : Ending.NOTHING, 0);
    }
}
