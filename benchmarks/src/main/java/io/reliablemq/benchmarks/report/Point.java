package io.reliablemq.benchmarks.report;

/**
 * What a sample is a sample of.
 *
 * @param subject reliable-mq, namastack, transaction-outbox, limit (hand-written JDBC) or none
 * @param variant what else differs, for example {@code ordered, ack 2 ms}
 * @param unit of the samples, for example {@code rows/s}
 */
public record Point(String database, String subject, String variant, String metric, String unit) {

    public Point withSubject(String other) {
        return new Point(database, other, variant, metric, unit);
    }

    public Point withVariant(String other) {
        return new Point(database, subject, other, metric, unit);
    }
}
