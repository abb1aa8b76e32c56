package io.reliablemq.reliability.report;

import io.reliablemq.reliability.checker.FaultTimes;
import io.reliablemq.reliability.checker.History;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/** One page without scripts: the text, and a picture of faults, throughput and lag over the same time. */
public final class HtmlReport {

    private static final int LEFT = 190;
    private static final int WIDTH = 1_000;
    private static final int PLOT = 140;
    private static final int ROW = 16;

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
                <style>body{font:14px sans-serif;margin:24px}pre{background:#f4f4f4;padding:12px;overflow-x:auto}
                text{font:11px sans-serif}</style></head>
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
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\">%s</svg>"
                .formatted(LEFT + WIDTH + 20, top + 3 * (PLOT + 20) + 10, svg);
    }

    private String bar(FaultTimes.Span span, int y) {
        double from = x(timeline.secondsFromBegin(span.fault().at()));
        double width = Math.max(2, x(timeline.secondsFromBegin(span.healed())) - from);
        return "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"#dc2626\"><title>%s</title></rect>%n"
                .formatted(
                        from,
                        y + 2,
                        width,
                        ROW - 4,
                        escaped("no. " + span.fault().number() + " of "
                                + span.fault().target()));
    }

    private String plot(int top, String name, String colour, IntToDoubleFunction value) {
        double max = 1;
        for (int i = 0; i < timeline.seconds(); i++) {
            max = Math.max(max, value.applyAsDouble(i));
        }
        List<String> points = new ArrayList<>();
        for (int i = 0; i < timeline.seconds(); i++) {
            points.add("%.1f,%.1f".formatted(x(i), top + PLOT - value.applyAsDouble(i) / max * PLOT));
        }
        return label(top + 12, "%s (to %.0f)".formatted(name, max))
                + "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"none\" stroke=\"#ddd\"/>%n"
                        .formatted(LEFT, top, WIDTH, PLOT)
                + "<polyline fill=\"none\" stroke=\"%s\" points=\"%s\"/>%n".formatted(colour, String.join(" ", points));
    }

    private static String label(int y, String name) {
        return "<text x=\"0\" y=\"%d\">%s</text>%n".formatted(y, escaped(name));
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
