package io.reliablemq.test.spring;

/** The entry to assertions on what the application has sent. */
public final class OutboxAssertions {

    private OutboxAssertions() {}

    /** Begins an assertion. */
    public static OutboxAssert assertThat(OutboxRecords.Written written) {
        return new OutboxAssert(written.messages(), written.records());
    }
}
