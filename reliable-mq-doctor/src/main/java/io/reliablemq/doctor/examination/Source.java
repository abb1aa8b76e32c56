package io.reliablemq.doctor.examination;

import io.reliablemq.doctor.facts.Answer;

/** Where facts come from. May take its time, and may throw: both make an unknown. */
@FunctionalInterface
public interface Source<T> {

    /** Asks now. */
    Answer<T> ask() throws Exception;
}
