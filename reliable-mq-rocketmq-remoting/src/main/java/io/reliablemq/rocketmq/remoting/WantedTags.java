package io.reliablemq.rocketmq.remoting;

import io.reliablemq.consumer.spi.Subscription;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Looks again at what the broker has let through: it compares hash codes only.
 *
 * @param tags empty for all
 */
record WantedTags(Set<String> tags) {

    private static final String ALL = "*";

    static WantedTags of(Subscription subscription) {
        String filter = subscription.filter().trim();
        if (subscription.sql() || filter.isEmpty() || filter.equals(ALL)) {
            return new WantedTags(Set.of());
        }
        return new WantedTags(Arrays.stream(filter.split("\\|\\|"))
                .map(String::trim)
                .filter(tag -> !tag.isEmpty())
                .collect(Collectors.toUnmodifiableSet()));
    }

    boolean contain(@Nullable String tag) {
        return tags.isEmpty() || (tag != null && tags.contains(tag));
    }
}
