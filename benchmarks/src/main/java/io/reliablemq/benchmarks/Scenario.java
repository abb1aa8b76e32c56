package io.reliablemq.benchmarks;

import io.reliablemq.benchmarks.database.BenchmarkDatabase;
import io.reliablemq.benchmarks.report.Point;
import io.reliablemq.benchmarks.report.Results;

/** One question, answered by samples. Its subjects take turns, so that what else happens on the machine hits all. */
interface Scenario {

    /** Name of the scenario and of its file. */
    String name();

    /** The point that a point is compared with; itself for no comparison. */
    Point reference(Point point);

    /**
     * Measures on an empty database.
     *
     * @throws IllegalStateException when something was lost, sent twice or out of order: then its times mean nothing
     */
    void run(BenchmarkDatabase database, Options options, Results results) throws Exception;
}
