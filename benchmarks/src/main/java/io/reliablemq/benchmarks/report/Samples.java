package io.reliablemq.benchmarks.report;

import java.util.Arrays;

/** The samples of one point, one per repetition. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Samples(double[] sorted) {

    Samples {
        sorted = sorted.clone();
        Arrays.sort(sorted);
    }

    double median() {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    double min() {
        return sorted[0];
    }

    double max() {
        return sorted[sorted.length - 1];
    }

    int repetitions() {
        return sorted.length;
    }
}
