package io.reliablemq.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SamplesTests {

    @Test
    void takeTheMiddleOneOfAnOddNumberAsMedian() {
        assertThat(new Samples(new double[] {9, 1, 4}).median()).isEqualTo(4);
    }

    @Test
    void takeTheMeanOfTheTwoInTheMiddleOfAnEvenNumberAsMedian() {
        assertThat(new Samples(new double[] {9, 1, 4, 6}).median()).isEqualTo(5);
    }

    @Test
    void knowTheirRangeAndTheirNumber() {
        Samples samples = new Samples(new double[] {9, 1, 4});

        assertThat(samples.min()).isEqualTo(1);
        assertThat(samples.max()).isEqualTo(9);
        assertThat(samples.repetitions()).isEqualTo(3);
    }
}
