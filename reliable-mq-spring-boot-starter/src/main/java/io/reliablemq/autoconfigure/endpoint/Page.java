package io.reliablemq.autoconfigure.endpoint;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One page of a list.
 *
 * @param total how many there are on all pages
 * @param next what to give as {@code after} for the next page; null on the last one
 */
record Page<T>(long total, List<T> items, @Nullable String next) {

    static <S, T> Page<T> of(long total, List<S> rows, int limit, Function<S, T> view, Function<S, String> place) {
        String next = rows.size() < limit ? null : place.apply(rows.get(rows.size() - 1));
        return new Page<>(total, rows.stream().map(view).toList(), next);
    }
}
