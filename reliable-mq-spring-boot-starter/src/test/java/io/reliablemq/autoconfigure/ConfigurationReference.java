package io.reliablemq.autoconfigure;

import java.lang.reflect.Parameter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.bind.DefaultValue;
import tools.jackson.databind.JsonNode;

/** Writes docs/configuration.md from the configuration metadata. */
final class ConfigurationReference {

    static final String COMMAND =
            "mvn -q -pl reliable-mq-spring-boot-starter -am test -Dtest=ConfigurationReferenceTests"
                    + " -Dsurefire.failIfNoSpecifiedTests=false -Dreliable-mq.docs.write=true";

    private static final String INTRODUCTION = """
            # Configuration

            Every property, from the configuration metadata that IDEs complete and check `application.yml` with. Written by the build, which fails when this page
            is out of date, with the command that rewrites it.

            A *duration* is `500ms`, `10s`, `5m` or `7d`, a *size* `4KB` or `64MB`. As everywhere in Spring Boot, `reliable-mq.outbox.max-delay` is
            `RELIABLEMQ_OUTBOX_MAXDELAY` in the environment. A value that cannot work stops the start with an error that names the property.
            """;

    private static final Pattern LIST = Pattern.compile("java\\.util\\.List<(?:java\\.lang\\.)?(.*)>");
    private static final Map<String, String> NAMES = Map.of(
            "java.lang.Boolean", "`true`, `false`",
            "java.lang.String", "text",
            "java.lang.Integer", "number",
            "java.lang.Long", "number",
            "java.lang.Double", "number",
            "java.time.Duration", "duration",
            "java.nio.file.Path", "path",
            "java.util.Map<java.lang.String,java.lang.Class<?>>", "class names by alias",
            "org.springframework.util.unit.DataSize", "size",
            "Integer", "number");

    private final JsonNode metadata;

    ConfigurationReference(JsonNode metadata) {
        this.metadata = metadata;
    }

    String page() {
        Map<String, List<JsonNode>> sections = properties().stream()
                .collect(Collectors.groupingBy(ConfigurationReference::section, TreeMap::new, Collectors.toList()));
        return INTRODUCTION
                + sections.entrySet().stream()
                        .map(section -> "\n## " + section.getKey()
                                + "\n\n| property | value | default | meaning |\n|---|---|---|---|\n"
                                + section.getValue().stream().map(this::row).collect(Collectors.joining()))
                        .collect(Collectors.joining());
    }

    List<JsonNode> properties() {
        return metadata.get("properties").valueStream().toList();
    }

    List<JsonNode> hints() {
        return metadata.get("hints").valueStream().toList();
    }

    private static String section(JsonNode property) {
        String[] parts = name(property).split("\\.");
        return parts.length < 3 ? parts[0] : parts[0] + "." + parts[1];
    }

    static String name(JsonNode node) {
        return node.get("name").asString();
    }

    private String row(JsonNode property) {
        return "| `%s` | %s | %s | %s |%n"
                .formatted(
                        name(property),
                        hinted(property, value(property.get("type").asString())),
                        defaultOf(property),
                        property.path("description").asString("").replace("|", "\\|"))
                .replace(System.lineSeparator(), "\n");
    }

    private String hinted(JsonNode property, String value) {
        return hints().stream()
                .filter(hint -> name(hint).equals(name(property)) && hint.has("values"))
                .map(hint -> hint.get("values")
                        .valueStream()
                        .map(known -> "`" + known.get("value").asString() + "`")
                        .collect(Collectors.joining(", ")))
                .findFirst()
                .orElse(value);
    }

    private static String defaultOf(JsonNode property) {
        JsonNode value = property.path("defaultValue");
        return value.isMissingNode() || value.asString().isEmpty() ? "" : "`" + value.asString() + "`";
    }

    private static String value(String type) {
        Matcher list = LIST.matcher(type);
        if (list.matches()) {
            return "list of " + element(list.group(1));
        }
        return NAMES.containsKey(type) ? NAMES.get(type) : constants(type);
    }

    private static String element(String type) {
        if (type.startsWith("Class<")) {
            return "class names";
        }
        return NAMES.containsKey(type) ? NAMES.get(type) + "s" : components(type);
    }

    private static String constants(String type) {
        return Arrays.stream(load(type).getEnumConstants())
                .map(constant ->
                        "`" + constant.toString().toLowerCase(Locale.ROOT).replace('_', '-') + "`")
                .collect(Collectors.joining(", "));
    }

    /** The metadata says nothing about the elements of a list. */
    private static String components(String type) {
        return Arrays.stream(load(type).getDeclaredConstructors()[0].getParameters())
                .map(ConfigurationReference::component)
                .collect(Collectors.joining(", "));
    }

    private static String component(Parameter parameter) {
        DefaultValue value = parameter.getAnnotation(DefaultValue.class);
        return "`" + parameter.getName() + "`" + (value == null ? "" : " (default `" + value.value()[0] + "`)");
    }

    private static Class<?> load(String type) {
        try {
            return Class.forName(type);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("What is a " + type + "? Teach " + ConfigurationReference.class, e);
        }
    }
}
