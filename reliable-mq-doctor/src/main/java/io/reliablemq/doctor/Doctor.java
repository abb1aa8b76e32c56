package io.reliablemq.doctor;

import java.util.Optional;

/**
 * Says whether broker, database and settings are such that the promise of the library holds.
 *
 * <p><b>Guarantee</b>: it changes nothing, and what it cannot see is {@link Finding.Status#UNKNOWN}, never OK. <b>Thread</b>: any.
 * <b>Errors</b>: none; a dependency that is away makes a finding.
 */
public interface Doctor {

    /** Looks now; returns within the configured time-out. One examination at a time: a second call waits for the first. */
    Findings examine();

    /** What the last examination found; empty before the first one. Does not look and does not wait. */
    Optional<Findings> latest();
}
