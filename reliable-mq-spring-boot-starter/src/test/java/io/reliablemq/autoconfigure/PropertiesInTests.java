package io.reliablemq.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/** Which documented properties no test changes. */
final class PropertiesInTests {

    private PropertiesInTests() {}

    static List<String> missing(String prefix) throws IOException {
        String tests;
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            tests = files.filter(Files::isRegularFile)
                    .map(PropertiesInTests::read)
                    .collect(Collectors.joining());
        }
        return documented(prefix).stream()
                .filter(name -> !tests.contains('"' + name + "=") && !tests.contains('"' + name + '"'))
                .toList();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> documented(String prefix) throws IOException {
        try (var metadata =
                PropertiesInTests.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            return JsonMapper.builder()
                    .build()
                    .readTree(metadata)
                    .get("properties")
                    .valueStream()
                    .map(property -> property.get("name").asString())
                    .filter(name -> name.startsWith(prefix))
                    .toList();
        }
    }
}
