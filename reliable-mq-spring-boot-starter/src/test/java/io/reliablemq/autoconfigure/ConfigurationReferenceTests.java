package io.reliablemq.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import tools.jackson.databind.json.JsonMapper;

/** docs/configuration.md says what the configuration metadata says. */
class ConfigurationReferenceTests {

    private static final Path PAGE = Path.of("../docs/configuration.md");

    private final ConfigurationReference reference = read();

    private static ConfigurationReference read() {
        try (InputStream metadata =
                ConfigurationReferenceTests.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            return new ConfigurationReference(JsonMapper.shared().readTree(metadata));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void thePageIsUpToDate() throws IOException {
        if (Boolean.getBoolean("reliable-mq.docs.write")) {
            Files.writeString(PAGE, reference.page());
        }
        assertThat(Files.readString(PAGE))
                .as("docs/configuration.md is out of date. Rewrite it with: " + ConfigurationReference.COMMAND)
                .isEqualTo(reference.page());
    }

    @Test
    void everyPropertyHasADescriptionThatEndsWithAStop() {
        assertThat(reference.properties()).hasSizeGreaterThan(50).allSatisfy(property -> assertThat(
                        property.path("description").asString(""))
                .as(ConfigurationReference.name(property))
                .matches("[A-Z].*\\."));
    }

    @Test
    void aVariableOfTheEnvironmentIsWrittenAsThePageSays() {
        assertThat(reference.page()).contains("`RELIABLEMQ_OUTBOX_MAXDELAY`");
        Binder environment = new Binder(ConfigurationPropertySource.from(
                new SystemEnvironmentPropertySource("systemEnvironment", Map.of("RELIABLEMQ_OUTBOX_MAXDELAY", "2d"))));
        assertThat(environment
                        .bind("reliable-mq.outbox", OutboxProperties.class)
                        .get()
                        .maxDelay())
                .isEqualTo(Duration.ofDays(2));
    }

    /** A name that ends with a group, or with .*, stands for what is in it. */
    @Test
    void theGuidesNameNoPropertyThatThereIsNot() throws IOException {
        Set<String> known = reference.properties().stream()
                .map(ConfigurationReference::name)
                .collect(Collectors.toSet());
        try (Stream<Path> pages = Files.walk(PAGE.getParent())) {
            for (Path page :
                    pages.filter(file -> file.toString().endsWith(".md")).toList()) {
                assertThat(named(Files.readString(page))).as(page.toString()).allSatisfy(name -> assertThat(known)
                        .anyMatch(property -> property.equals(name) || property.startsWith(name + ".")));
            }
        }
    }

    private static Set<String> named(String page) {
        return Pattern.compile("`(reliable-mq\\.[a-z.-]*[a-z])(\\.\\*)?[`:=]")
                .matcher(page)
                .results()
                .map((MatchResult name) -> name.group(1))
                // of applications under test
                .filter(name -> !name.startsWith("reliable-mq.failpoints."))
                .collect(Collectors.toSet());
    }

    @Test
    void everyHintIsAboutAProperty() {
        assertThat(reference.hints()).isNotEmpty().allSatisfy(hint -> assertThat(reference.properties())
                .extracting(ConfigurationReference::name)
                .contains(ConfigurationReference.name(hint)));
    }
}
