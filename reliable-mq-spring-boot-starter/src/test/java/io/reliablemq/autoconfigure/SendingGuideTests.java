package io.reliablemq.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.TestDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.io.ByteArrayResource;

/** The YAML blocks of the guides: an application starts with each, and every property is a documented one. */
class SendingGuideTests {

    private final Database database = TestDatabase.H2.create();
    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class,
                    DataSourceTransactionManagerAutoConfiguration.class,
                    TransactionAutoConfiguration.class,
                    JacksonAutoConfiguration.class,
                    RocketMqAutoConfiguration.class,
                    OutboxAutoConfiguration.class,
                    ListenerAutoConfiguration.class))
            .withPropertyValues(
                    "reliable-mq.rocketmq.endpoints=127.0.0.1:1",
                    "spring.datasource.url=" + database.jdbcUrl(),
                    "spring.datasource.username=" + database.username(),
                    "spring.datasource.password=" + database.password());

    @Test
    void anApplicationStartsWithEachYamlBlock() throws IOException {
        for (EnumerablePropertySource<?> block : yamlBlocks()) {
            application
                    .withInitializer(context ->
                            context.getEnvironment().getPropertySources().addFirst(block))
                    .run(context -> assertThat(context).hasNotFailed());
        }
    }

    @Test
    void everyPropertyIsInTheMetadata() throws IOException {
        String metadata = new String(
                getClass()
                        .getResourceAsStream("/META-INF/spring-configuration-metadata.json")
                        .readAllBytes(),
                StandardCharsets.UTF_8);
        for (EnumerablePropertySource<?> block : yamlBlocks()) {
            assertThat(block.getPropertyNames())
                    .filteredOn(
                            name -> !name.startsWith("management.") && !name.startsWith("logging.")) // Spring Boot's
                    .allSatisfy(name -> assertThat(metadata)
                            // what follows is the application's
                            .contains("\"" + name.replaceFirst("(?<=payload\\.types)\\..*", "") + "\""));
        }
    }

    private static List<EnumerablePropertySource<?>> yamlBlocks() throws IOException {
        String pages = Files.readString(Path.of("../docs/sending.md"))
                + Files.readString(Path.of("../docs/listening.md"))
                + Files.readString(Path.of("../docs/observing.md"))
                + Files.readString(Path.of("../docs/operating.md"));
        List<String> blocks = Pattern.compile("```yaml\\R(.*?)```", Pattern.DOTALL)
                .matcher(pages)
                .results()
                .map(block -> block.group(1))
                .toList();
        assertThat(blocks).isNotEmpty();
        List<EnumerablePropertySource<?>> sources = new ArrayList<>();
        for (String block : blocks) {
            new YamlPropertySourceLoader()
                    .load("block " + sources.size(), new ByteArrayResource(block.getBytes(StandardCharsets.UTF_8)))
                    .forEach(source -> sources.add((EnumerablePropertySource<?>) source));
        }
        return sources;
    }
}
