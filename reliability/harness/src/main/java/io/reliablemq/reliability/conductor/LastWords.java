package io.reliablemq.reliability.conductor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;

/** Why a process has ended before it was ready, in one line, as far as its log says so. */
final class LastWords {

    private static final int LONGEST = 300;

    private LastWords() {}

    static String of(Path log) {
        try {
            // whoever was killed while it wrote may have left half a character
            String text = new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
            String words = in(text.lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .toList());
            return words.length() > LONGEST ? words.substring(0, LONGEST) + "..." : words;
        } catch (IOException e) {
            return "its log cannot be read: " + e.getMessage();
        }
    }

    /** What Spring Boot makes of a failure; or else the first error, or exception; or whatever came last. */
    private static String in(List<String> lines) {
        int described = lines.indexOf("Description:") + 1;
        if (described > 0 && described < lines.size()) {
            return lines.get(described);
        }
        int failed = first(lines, line -> line.contains("Application run failed")) + 1;
        if (failed > 0 && failed < lines.size()) {
            return lines.get(failed);
        }
        int error = first(lines, line -> line.contains("Exception") || line.contains("ERROR"));
        if (error >= 0) {
            return lines.get(error);
        }
        return lines.isEmpty() ? "it has printed nothing" : lines.get(lines.size() - 1);
    }

    private static int first(List<String> lines, Predicate<String> wanted) {
        for (int i = 0; i < lines.size(); i++) {
            if (wanted.test(lines.get(i))) {
                return i;
            }
        }
        return -1;
    }
}
