package io.reliablemq.autoconfigure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.io.ByteArrayResource;

/** What a reader can copy from a page in docs. */
final class GuidePage {

    private static final Pattern YAML = Pattern.compile("```yaml\\R(.*?)```", Pattern.DOTALL);
    private static final Pattern JAVA = Pattern.compile("```java\\R(.*?)```", Pattern.DOTALL);
    private static final Pattern COMMAND = Pattern.compile(
            "^ {4,}curl -s (?:-H 'Content-Type: application/json' )?'http://localhost:8080/actuator([^']*)'(?: -d '(.*)')?$",
            Pattern.MULTILINE);

    private final String text;

    GuidePage(String name) {
        try {
            text = Files.readString(Path.of("../docs", name));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @param body null for a GET */
    record Command(String path, @Nullable String body) {}

    List<Command> commands() {
        List<Command> commands = COMMAND.matcher(text)
                .results()
                .map(found -> new Command(found.group(1), found.group(2)))
                .toList();
        if (commands.size() != text.split("  curl ", -1).length - 1) {
            throw new IllegalStateException("Not every command was understood, only " + commands);
        }
        return commands;
    }

    /** The properties of one block. */
    String[] yaml(int block) {
        MatchResult found = YAML.matcher(text).results().toList().get(block);
        try {
            EnumerablePropertySource<?> properties = (EnumerablePropertySource<?>) new YamlPropertySourceLoader()
                    .load("block", new ByteArrayResource(found.group(1).getBytes(StandardCharsets.UTF_8)))
                    .get(0);
            return Stream.of(properties.getPropertyNames())
                    .map(name -> name + "=" + properties.getProperty(name))
                    .toArray(String[]::new);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The Java blocks that are not in a test, whatever its format. */
    List<String> javaMissingIn(Class<?> test) {
        String source;
        try {
            source = squeezed(
                    Files.readString(Path.of("src/test/java", test.getName().replace('.', '/') + ".java")));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return JAVA.matcher(text)
                .results()
                .map(block -> block.group(1))
                .filter(block -> !source.contains(squeezed(block)))
                .toList();
    }

    private static String squeezed(String text) {
        return text.replaceAll("\\s+", "");
    }
}
