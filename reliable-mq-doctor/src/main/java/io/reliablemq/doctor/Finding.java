package io.reliablemq.doctor;

/**
 * What one rule says about one subject.
 *
 * @param rule name of the rule, as in docs/doctor.md and in meters
 * @param subject what was looked at: a broker, a topic, the database, a listener
 * @param reason what was seen and what that means; holds neither payloads nor credentials
 * @param remedy what to do; empty when the status is {@link Status#OK}
 */
public record Finding(String rule, String subject, Status status, Nature nature, String reason, String remedy) {

    /** From the harmless to the worst. */
    public enum Status {
        /** As the promise needs it. */
        OK,
        /** It could not be seen: not proven, not disproven. */
        UNKNOWN,
        /** The promise holds, but something will get in its way. */
        WARN,
        /** The promise does not hold. */
        FAIL
    }

    /** How it can change. */
    public enum Nature {
        /** Stays until somebody changes the configuration; can keep an application from starting. */
        SETTING,
        /** Comes and goes, such as a lagging replica; never keeps an application from starting. */
        STATE
    }

    /** Whether an application that is to refuse wrong configuration must not start. */
    public boolean refuses() {
        return status == Status.FAIL && nature == Nature.SETTING;
    }
}
