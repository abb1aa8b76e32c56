package io.reliablemq.test;

import java.lang.reflect.Modifier;
import java.util.Locale;
import java.util.regex.Pattern;

/** What keeps test classes apart. */
final class Namespaces {

    private static final Pattern VALID = Pattern.compile("[a-zA-Z0-9_-]{1,40}");
    private static final int LONGEST_NAME = 28;

    private Namespaces() {}

    static String of(EmbeddedRocketMq wanted, Class<?> testClass) {
        String given = wanted.namespace();
        if (given.isEmpty()) {
            return of(outermost(testClass));
        }
        if (!VALID.matcher(given).matches()) {
            throw new IllegalArgumentException(
                    "@EmbeddedRocketMq of %s has the namespace '%s': use 1 to 40 characters of a-z A-Z 0-9 _ -"
                            .formatted(testClass.getName(), given));
        }
        return given;
    }

    /** Readable, and not the same for two classes of one name. */
    private static String of(Class<?> testClass) {
        String name = testClass.getSimpleName().replaceAll("[^a-zA-Z0-9_-]", "_");
        return name.substring(0, Math.min(LONGEST_NAME, name.length()))
                + String.format(Locale.ROOT, "-%08x", testClass.getName().hashCode());
    }

    /** A nested class is part of the one around it. */
    private static Class<?> outermost(Class<?> testClass) {
        Class<?> enclosing = testClass.getEnclosingClass();
        return enclosing == null || Modifier.isStatic(testClass.getModifiers()) ? testClass : outermost(enclosing);
    }
}
