package io.reliablemq.doctor.broker;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.reliablemq.doctor.Findings;
import io.reliablemq.doctor.facts.Answer;
import io.reliablemq.doctor.facts.ApplicationFacts;
import io.reliablemq.doctor.facts.BrokerFacts;
import io.reliablemq.doctor.facts.ClusterFacts;
import io.reliablemq.doctor.facts.Facts;
import io.reliablemq.doctor.rules.Rules;
import io.reliablemq.reliability.fuzz.Claim;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a broker answers, from the frame to the judgement of its settings: an {@link IOException} or an answer, and of JSON what Jackson reads, too.
 * An input is a header, an empty line and a body; or, when it begins with a zero, a frame.
 */
public final class BrokerAnswerFuzz {

    private static final JsonMapper JACKSON = JsonMapper.builder().build();
    private static final ApplicationFacts APPLICATION = new ApplicationFacts(
            2,
            Duration.ofSeconds(3),
            Duration.ofSeconds(10),
            false,
            new ApplicationFacts.RelayFacts(Duration.ofSeconds(30), Duration.ofSeconds(20), Duration.ZERO),
            Set.of("orders"),
            List.of());

    private BrokerAnswerFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        boolean framed = input.length > 0 && input[0] == 0;
        try {
            Frame frame = Frame.read(new DataInputStream(new ByteArrayInputStream(framed ? input : frame(input))));
            Reply reply = Reply.of(frame.header(), frame.body());
            read(reply);
        } catch (IOException e) {
            // what a broker's answer may come to
        }
    }

    private static byte[] frame(byte[] input) throws IOException {
        String text = new String(input, ISO_8859_1);
        int end = text.indexOf("\n\n");
        byte[] header = text.substring(0, end < 0 ? text.length() : end).getBytes(ISO_8859_1);
        byte[] body = text.substring(end < 0 ? text.length() : end + 2).getBytes(ISO_8859_1);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(4 + header.length + body.length);
        out.writeInt(header.length);
        out.write(header);
        out.write(body);
        return bytes.toByteArray();
    }

    private static void read(Reply reply) throws IOException {
        Claim.holds(reply.remark().length() <= 160, "a stack trace is shown");
        judge(reply.properties());
        asJackson(reply.body());
        Map<String, @Nullable Object> runtime = reply.json();
        BrokerInspection.diskUsed(runtime);
        BrokerMeasurement.bytes(Json.asText(runtime.get("remainHowManyDataToFlush")));
        BrokerInspection.number(runtime.get("diff"));
    }

    /** Rules are functions: they say something of every setting that there may be. */
    private static void judge(Map<String, String> settings) {
        BrokerFacts.State state = new BrokerFacts.State(
                settings, settings.getOrDefault("version", "5.5.0"), 0.5, new Answer.Known<>(List.of()));
        BrokerFacts broker = new BrokerFacts("b", 0, "127.0.0.1:10911", new Answer.Known<>(state));
        Findings findings = Rules.judge(new Facts(
                APPLICATION, null, new Answer.Known<>(new ClusterFacts(List.of(broker), List.of(), List.of()))));
        Claim.holds(findings.all().size() > 5, "rules are silent");
    }

    /** RocketMQ writes more than JSON; of what is JSON the same must be read. */
    private static void asJackson(String text) throws IOException {
        JsonNode expected;
        try {
            expected = JACKSON.readTree(text);
        } catch (JacksonException e) {
            return;
        }
        if (!expected.isMissingNode() && depth(expected) < 60) {
            same(Json.parse(text), expected);
        }
    }

    private static int depth(JsonNode node) {
        return 1
                + node.values().stream().mapToInt(BrokerAnswerFuzz::depth).max().orElse(0);
    }

    private static void same(@Nullable Object read, JsonNode expected) {
        if (expected.isObject()) {
            Map<String, @Nullable Object> members = Json.asObject(read);
            Claim.equal(members.size(), expected.size(), "the number of members");
            expected.properties().forEach(member -> same(members.get(member.getKey()), member.getValue()));
        } else if (expected.isArray()) {
            List<@Nullable Object> elements = Json.asList(read);
            Claim.equal(elements.size(), expected.size(), "the number of elements");
            for (int i = 0; i < elements.size(); i++) {
                same(elements.get(i), expected.get(i));
            }
        } else if (expected.isNumber()) {
            Claim.holds(read instanceof String, "a number is no text");
        } else {
            Claim.equal(Json.asText(read), expected.isNull() ? "" : expected.asString(), "a value");
        }
    }
}
