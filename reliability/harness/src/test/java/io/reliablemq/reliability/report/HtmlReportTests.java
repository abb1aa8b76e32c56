package io.reliablemq.reliability.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.reliability.checker.Event;
import io.reliablemq.reliability.checker.Event.Effect;
import io.reliablemq.reliability.checker.Event.Row;
import io.reliablemq.reliability.checker.History;
import java.io.StringReader;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class HtmlReportTests {

    private static final Row ROW = new Row(1_000, "a1", "a", 1, "c");

    @Test
    void drawsFaultsThroughputAndLag() throws Exception {
        History history = History.of(List.of(
                new Event.Listener("any", false),
                ROW,
                new Event.Fault(1_500, 1, "broker-kill", "broker"),
                new Event.Heal(9_000, 1),
                new Effect(9_500, 1, "any", ROW, "consumer-1", true),
                new Event.End(20_000)));

        String html = new HtmlReport("run <this>", "text & more", history).html();

        Document page = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(
                        new StringReader(html.replace("<!DOCTYPE html>", "").replace("<meta charset=\"utf-8\">", ""))));
        assertThat(page.getElementsByTagName("polyline").getLength()).isEqualTo(3);
        NodeList texts = page.getElementsByTagName("text");
        assertThat(IntStream.range(0, texts.getLength())
                        .mapToObj(i -> texts.item(i).getTextContent()))
                .contains("0:00", "0:05", "0:15", "broker-kill")
                .doesNotContain("0:01");
        assertThat(page.getElementsByTagName("pre").item(0).getTextContent()).isEqualTo("text & more");
        assertThat(html).contains("longest lag, s (to 9)");
    }
}
