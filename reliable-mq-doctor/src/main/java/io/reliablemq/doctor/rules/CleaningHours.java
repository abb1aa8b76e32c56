package io.reliablemq.doctor.rules;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The hours of the day at which a broker deletes old messages, such as {@code 04;16}. */
record CleaningHours(List<Integer> hours) {

    private static final Pattern HOUR = Pattern.compile("\\s*([01]?\\d|2[0-3])\\s*");

    /** Empty when it names no hour. */
    static Optional<CleaningHours> of(String when) {
        List<Integer> hours = Arrays.stream(when.split(";", -1))
                .filter(HOUR.asMatchPredicate())
                .map(hour -> Integer.valueOf(hour.strip()))
                .sorted()
                .toList();
        return hours.isEmpty() ? Optional.empty() : Optional.of(new CleaningHours(hours));
    }

    /** How long what could be deleted stays at most. */
    Duration longestPause() {
        int longest = 24 - hours.get(hours.size() - 1) + hours.get(0);
        for (int i = 1; i < hours.size(); i++) {
            longest = Math.max(longest, hours.get(i) - hours.get(i - 1));
        }
        return Duration.ofHours(longest);
    }
}
