package io.reliablemq.doctor.facts;

import java.util.function.Function;

/** What somebody has answered, or why there is no answer. */
public sealed interface Answer<T> {

    /** The answer. */
    record Known<T>(T value) implements Answer<T> {}

    /**
     * No answer.
     *
     * @param why a sentence's beginning, without credentials
     * @param remedy what to do about it
     */
    record Unknown<T>(String why, String remedy) implements Answer<T> {}

    /** One of the two. */
    default <R> R fold(Function<T, R> known, Function<Unknown<T>, R> unknown) {
        if (this instanceof Known<T> answer) {
            return known.apply(answer.value());
        }
        return unknown.apply((Unknown<T>) this);
    }
}
