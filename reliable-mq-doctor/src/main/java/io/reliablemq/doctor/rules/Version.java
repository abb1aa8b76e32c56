package io.reliablemq.doctor.rules;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Compares versions of brokers, such as {@code 5.3.4-SNAPSHOT}. */
final class Version {

    private static final Pattern NUMBERS = Pattern.compile("(\\d{1,9})\\.(\\d{1,9})\\.(\\d{1,9}).*");

    private Version() {}

    /** Its three numbers, or none when it is no version. */
    static int[] parse(String version) {
        Matcher matcher = NUMBERS.matcher(version);
        if (!matcher.matches()) {
            return new int[0];
        }
        return new int[] {
            Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)), Integer.parseInt(matcher.group(3))
        };
    }

    static boolean isBefore(int[] version, int[] other) {
        return Arrays.compare(version, other) < 0;
    }
}
