package io.reliablemq.test.guide;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The code of the guide is that of the test classes beside this one. */
class TestingGuideTests {

    private static final Path TESTS = Path.of("src/test/java/io/reliablemq/test/guide");

    @Test
    void everySnippetIsPartOfATestThatRuns() throws IOException {
        List<String> snippets = Pattern.compile("```java\\R(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("../docs/testing.md")))
                .results()
                .map(block -> withoutIndent(block.group(1)))
                .toList();
        List<String> tests;
        try (Stream<Path> files = Files.list(TESTS)) {
            tests = files.map(TestingGuideTests::read)
                    .map(TestingGuideTests::withoutIndent)
                    .toList();
        }

        assertThat(snippets).hasSize(6).allSatisfy(snippet -> assertThat(tests)
                .anySatisfy(test -> assertThat(test).contains(snippet)));
    }

    private static String withoutIndent(String text) {
        return text.lines().map(String::strip).collect(Collectors.joining("\n")).strip();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
