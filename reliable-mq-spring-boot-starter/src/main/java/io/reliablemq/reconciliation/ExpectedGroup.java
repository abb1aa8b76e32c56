package io.reliablemq.reconciliation;

import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A consumer group, and which messages it should see.
 *
 * @param tags those of the topic with one of them; empty for all
 * @param dedupWindow for which its records are kept at least
 * @param incomparable why nothing can be said of it, or null
 */
public record ExpectedGroup(
        String group,
        String topic,
        Set<String> tags,
        Duration dedupWindow,
        @Nullable String incomparable) {

    public ExpectedGroup {
        tags = Set.copyOf(tags);
    }

    /** @param filter as a listener has it: {@code a || b}, {@code *} for all */
    public static Set<String> tags(String filter) {
        Set<String> tags = Arrays.stream(filter.split("\\|\\|"))
                .map(String::strip)
                .filter(tag -> !tag.isEmpty())
                .collect(Collectors.toSet());
        return tags.contains("*") ? Set.of() : tags;
    }

    boolean expects(String itsTopic, @Nullable String itsTag) {
        return topic.equals(itsTopic) && (tags.isEmpty() || (itsTag != null && tags.contains(itsTag)));
    }
}
