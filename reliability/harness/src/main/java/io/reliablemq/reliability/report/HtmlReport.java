package io.reliablemq.reliability.report;

import io.reliablemq.reliability.checker.FaultTimes;
import io.reliablemq.reliability.checker.History;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;

/** One page without scripts: the text, and a picture of faults, throughput and lag over the same time. */
public final class HtmlReport {

    private static final int LEFT = 190;
    private static final int WIDTH = 1_000;
    private static final int PLOT = 140;
    private static final int ROW = 16;
    /** Between two times that are written below, in seconds. */
    private static final List<Integer> STEPS = List.of(1, 5, 10, 30, 60, 300, 600, 1_800, 3_600);

    private final String command;
    private final String text;
    private final Timeline timeline;
    private final List<FaultTimes.Span> spans;

    public HtmlReport(String command, String text, History history) {
        this.command = command;
        this.text = text;
        this.timeline = new Timeline(history);
        this.spans = new FaultTimes(history).spans();
    }

    public String html() {
        return """
                <!DOCTYPE html>
                <html lang="en"><head><meta charset="utf-8"><title>%1$s</title>
                <style>body{font:14px sans-serif;margin:24px}pre{background:#f4f4f4;padding:12px;white-space:pre-wrap}
                svg{width:100%%;height:auto}text{font:11px sans-serif}</style></head>
                <body><h1>Reliable MQ under faults</h1>%2$s<pre>%3$s</pre></body></html>
                """.formatted(escaped(command), picture(), escaped(text));
    }

    private String picture() {
        List<String> names = spans.stream()
                .map(span -> span.fault().name())
                .distinct()
                .sorted()
                .toList();
        int faultsHeight = names.size() * ROW;
        StringBuilder svg = new StringBuilder();
        for (int i = 0; i < names.size(); i++) {
            svg.append(label(i * ROW + 12, names.get(i)));
        }
        for (FaultTimes.Span span : spans) {
            svg.append(bar(span, names.indexOf(span.fault().name()) * ROW));
        }
        int top = faultsHeight + 10;
        svg.append(plot(top, "transactions/s", "#2563eb", timeline::committed));
        svg.append(plot(top + PLOT + 20, "effects/s", "#059669", timeline::effects));
        svg.append(plot(top + 2 * (PLOT + 20), "longest lag, s", "#b45309", timeline::lagSeconds));
        int bottom = top + 3 * (PLOT + 20) - 20;
        return text(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\">%s%s</svg>",
                LEFT + WIDTH + 20, bottom + 20, times(bottom), svg);
    }

    /** A line for each of about ten round times, behind everything. */
    private String times(int bottom) {
        int step = STEPS.stream()
                .filter(seconds -> timeline.seconds() / seconds <= 12)
                .findFirst()
                .orElse(timeline.seconds());
        StringBuilder lines = new StringBuilder();
        for (int second = 0; second < timeline.seconds(); second += step) {
            double x = x(second);
            lines.append(text("<line x1=\"%.1f\" y1=\"0\" x2=\"%.1f\" y2=\"%d\" stroke=\"#eee\"/>%n", x, x, bottom));
            lines.append(text("<text x=\"%.1f\" y=\"%d\">%d:%02d</text>%n", x, bottom + 14, second / 60, second % 60));
        }
        return lines.toString();
    }

    /** Numbers with a point, wherever this runs. */
    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private String bar(FaultTimes.Span span, int y) {
        double from = x(timeline.secondsFromBegin(span.fault().at()));
        double width = Math.max(2, x(timeline.secondsFromBegin(span.healed())) - from);
        return text(
                "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"#dc2626\"><title>%s</title></rect>%n",
                from,
                y + 2,
                width,
                ROW - 4,
                escaped("no. " + span.fault().number() + " of " + span.fault().target()));
    }

    private String plot(int top, String name, String colour, IntToDoubleFunction value) {
        double max = 1;
        for (int i = 0; i < timeline.seconds(); i++) {
            max = Math.max(max, value.applyAsDouble(i));
        }
        List<String> points = new ArrayList<>();
        for (int i = 0; i < timeline.seconds(); i++) {
            points.add(text("%.1f,%.1f", x(i), top + PLOT - value.applyAsDouble(i) / max * PLOT));
        }
        return label(top + 12, text("%s (to %.0f)", name, max))
                + text(
                        "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"none\" stroke=\"#ddd\"/>%n",
                        LEFT, top, WIDTH, PLOT)
                + text("<polyline fill=\"none\" stroke=\"%s\" points=\"%s\"/>%n", colour, String.join(" ", points));
    }

    private static String label(int y, String name) {
        return text("<text x=\"0\" y=\"%d\">%s</text>%n", y, escaped(name));
    }

    private double x(double second) {
        return LEFT + Math.min(1, second / Math.max(1, timeline.seconds() - 1)) * WIDTH;
    }

    private static String escaped(String raw) {
        return raw.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
