package io.reliablemq.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Which documented properties no test changes: one that is set to its default is not. */
final class PropertiesInTests {

    private PropertiesInTests() {}

    static List<String> missing() throws IOException {
        String tests;
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            tests = files.filter(Files::isRegularFile)
                    .map(PropertiesInTests::read)
                    .collect(Collectors.joining());
        }
        return documented().stream()
                .filter(property -> !isChanged(property, tests))
                .map(property -> property.get("name").asString())
                .toList();
    }

    /** {@code "name=value"}, {@code "name[0].more=value"}, or {@code "name"} beside a value that is not seen. */
    private static boolean isChanged(JsonNode property, String tests) {
        JsonNode standard = property.get("defaultValue");
        Matcher mention = Pattern.compile(
                        '"' + Pattern.quote(property.get("name").asString()) + "(?:\\[[^=\"]*)?(?:=([^\"]*))?\"")
                .matcher(tests);
        while (mention.find()) {
            String value = mention.group(1);
            if (value == null || standard == null || !value.equals(standard.asString())) {
                return true;
            }
        }
        return false;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<JsonNode> documented() throws IOException {
        try (var metadata =
                PropertiesInTests.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            return JsonMapper.builder()
                    .build()
                    .readTree(metadata)
                    .get("properties")
                    .valueStream()
                    .toList();
        }
    }
}
