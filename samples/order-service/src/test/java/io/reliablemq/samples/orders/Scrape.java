package io.reliablemq.samples.orders;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What Prometheus sees of an application.
 *
 * @param meters values of each label of each meter, by names
 */
record Scrape(Map<String, Map<String, Set<String>>> meters) {

    /** Prometheus adds them itself. */
    private static final Set<String> OF_THE_TARGET = Set.of("job", "instance");

    private static final Pattern SAMPLE = Pattern.compile("(?m)^([a-z_]\\w*)(?:\\{(.*)})? \\S+$");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");

    static Scrape of(String text) {
        Map<String, Map<String, Set<String>>> meters = new HashMap<>();
        SAMPLE.matcher(text).results().forEach(sample -> {
            Map<String, Set<String>> labels = meters.computeIfAbsent(sample.group(1), name -> new HashMap<>());
            LABEL.matcher(sample.group(2) == null ? "" : sample.group(2))
                    .results()
                    .forEach(label -> labels.computeIfAbsent(label.group(1), name -> new HashSet<>())
                            .add(label.group(2)));
        });
        return new Scrape(meters);
    }

    /** What the expression asks for in vain: meters and labels that there are not, values that are neither here nor documented. */
    List<String> missing(PromqlExpression expression, String documentation) {
        List<String> missing = new ArrayList<>();
        for (PromqlExpression.Selector selector : expression.selectors()) {
            Map<String, Set<String>> labels = meters.get(selector.meter());
            if (labels == null) {
                missing.add("meter " + selector.meter());
                continue;
            }
            expression.grouping().stream()
                    .filter(name -> !OF_THE_TARGET.contains(name) && !labels.containsKey(name))
                    .forEach(name -> missing.add("label " + name + " of " + selector.meter()));
            selector.labels().forEach((name, values) -> values.stream()
                    .filter(value -> !OF_THE_TARGET.contains(name)
                            && !labels.getOrDefault(name, Set.of()).contains(value)
                            && !(labels.containsKey(name) && documented(documentation, selector.meter(), value)))
                    .forEach(value -> missing.add(name + "=" + value + " of " + selector.meter())));
        }
        return missing;
    }

    /** Not every reason can be brought about by a test; the row of the meter in the documentation lists them. */
    private static boolean documented(String documentation, String meter, String value) {
        String name = meter.replace('_', '.').replaceFirst("\\.total$", "");
        return documentation
                .lines()
                .filter(line -> line.startsWith("| `" + name + "` |"))
                .anyMatch(line -> Pattern.compile("\\b" + Pattern.quote(value) + "\\b")
                        .matcher(line)
                        .find());
    }
}
