package io.reliablemq.samples.orders;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * What a PromQL expression asks for. Whether it is well-formed is promtool's business.
 *
 * @param selectors the meters with what their labels have to be
 * @param grouping labels that results are grouped by or matched on
 */
record PromqlExpression(List<Selector> selectors, Set<String> grouping) {

    /** @param labels the values that each label is compared with; of a regular expression its alternatives */
    record Selector(String meter, Map<String, List<String>> labels) {}

    private static final Pattern TOKEN =
            Pattern.compile("\"[^\"]*\"|'[^']*'|\\[[^]]*]|[0-9][0-9a-zA-Z.]*|[a-zA-Z_:][a-zA-Z0-9_:]*|[=!]~|!=|\\S");
    private static final Set<String> TAKE_LABELS =
            Set.of("by", "without", "on", "ignoring", "group_left", "group_right");
    private static final Set<String> OPERATORS = Set.of("and", "or", "unless", "bool", "offset");

    static PromqlExpression of(String text) {
        List<String> tokens =
                TOKEN.matcher(text).results().map(MatchResult::group).toList();
        List<Selector> selectors = new ArrayList<>();
        Set<String> grouping = new HashSet<>();
        for (int i = 0; i < tokens.size(); i++) {
            String next = i + 1 < tokens.size() ? tokens.get(i + 1) : "";
            if (TAKE_LABELS.contains(tokens.get(i)) && next.equals("(")) {
                int end = i + tokens.subList(i, tokens.size()).indexOf(")");
                tokens.subList(i + 2, end).stream()
                        .filter(PromqlExpression::isName)
                        .forEach(grouping::add);
                i = end;
            } else if (next.equals("{")) {
                int end = i + tokens.subList(i, tokens.size()).indexOf("}");
                selectors.add(new Selector(tokens.get(i), labels(tokens.subList(i + 2, end))));
                i = end;
            } else if (isMeter(tokens.get(i), next)) {
                selectors.add(new Selector(tokens.get(i), Map.of()));
            }
        }
        return new PromqlExpression(selectors, grouping);
    }

    private static boolean isMeter(String token, String next) {
        return isName(token)
                && !OPERATORS.contains(token)
                && !TAKE_LABELS.contains(token)
                && !TAKE_LABELS.contains(next)
                && !next.equals("(");
    }

    private static boolean isName(String token) {
        return Character.isLetter(token.charAt(0)) || token.charAt(0) == '_';
    }

    /** Name, operator, value, and a comma before the next name. */
    private static Map<String, List<String>> labels(List<String> tokens) {
        Map<String, List<String>> labels = new HashMap<>();
        for (int i = 0; i + 2 < tokens.size(); i += 4) {
            String value = tokens.get(i + 2).substring(1, tokens.get(i + 2).length() - 1);
            labels.computeIfAbsent(tokens.get(i), name -> new ArrayList<>()).addAll(List.of(value.split("\\|")));
        }
        return labels;
    }
}
