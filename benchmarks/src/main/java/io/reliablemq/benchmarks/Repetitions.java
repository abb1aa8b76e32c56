package io.reliablemq.benchmarks;

import io.reliablemq.benchmarks.report.Point;
import io.reliablemq.benchmarks.report.Results;
import java.util.function.ObjDoubleConsumer;

/** Measures the same several times, and once before that, to warm up, without counting it; that once not in a smoke run. */
record Repetitions(Options options, Results results) {

    /** One of them, which passes each sample on. */
    @FunctionalInterface
    interface Round {
        void measure(ObjDoubleConsumer<Point> samples) throws Exception;
    }

    void of(Round round) throws Exception {
        if (!options.smoke()) {
            round.measure((point, sample) -> {});
        }
        for (int repetition = 0; repetition < options.repetitions(); repetition++) {
            round.measure(results::add);
        }
    }
}
