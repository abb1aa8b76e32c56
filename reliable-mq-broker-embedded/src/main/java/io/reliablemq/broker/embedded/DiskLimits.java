package io.reliablemq.broker.embedded;

import java.time.Duration;
import java.util.Collections;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * When messages are deleted, read or not, and from when on none are taken. The percentages are of the disk that the data directory is
 * on, whoever uses it.
 *
 * @param fileReservedTime           how long the files of messages are kept after they were written last, in hours; the newest
 *                                   one is always kept
 * @param deleteWhen                 the hours of the day, 0 to 23, in which older files are deleted
 * @param diskMaxUsedSpaceRatio      the percentage in use above which older files are deleted in any hour, 10 to 85
 * @param diskSpaceWarningLevelRatio the percentage in use above which sends are refused, 35 to 90, which is the highest that
 *                                   RocketMQ knows
 */
public record DiskLimits(
        Duration fileReservedTime,
        SortedSet<Integer> deleteWhen,
        int diskMaxUsedSpaceRatio,
        int diskSpaceWarningLevelRatio) {

    /**
     * Five days, at four in the morning or from 85 % on; sends are refused above 90 %. With the day until files are deleted, and a
     * message's attempts, five days are less than the seven that listeners remember what they have applied.
     */
    public static final DiskLimits DEFAULT = new DiskLimits(Duration.ofDays(5), new TreeSet<>(Set.of(4)), 85, 90);

    /** Validates the limits; throws {@link IllegalArgumentException} naming the value that is wrong. */
    public DiskLimits {
        requireHours(Objects.requireNonNull(fileReservedTime, "fileReservedTime must not be null"));
        deleteWhen = Collections.unmodifiableSortedSet(new TreeSet<>(deleteWhen));
        requireHoursOfDay(deleteWhen);
        requireBetween("diskMaxUsedSpaceRatio", diskMaxUsedSpaceRatio, 10, 85);
        requireBetween("diskSpaceWarningLevelRatio", diskSpaceWarningLevelRatio, 35, 90);
    }

    private static void requireHours(Duration time) {
        if (time.compareTo(Duration.ofHours(1)) < 0
                || time.compareTo(Duration.ofDays(3_650)) > 0
                || !time.equals(Duration.ofHours(time.toHours()))) {
            throw new IllegalArgumentException(
                    "fileReservedTime is %s: use whole hours, from 1 to ten years".formatted(time));
        }
    }

    private static void requireHoursOfDay(SortedSet<Integer> hours) {
        if (hours.isEmpty() || hours.first() < 0 || hours.last() > 23) {
            throw new IllegalArgumentException(
                    "deleteWhen is %s: use hours of the day, 0 to 23, one at least".formatted(hours));
        }
    }

    private static void requireBetween(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("%s is %d: use %d to %d".formatted(name, value, least, most));
        }
    }
}
