package io.reliablemq.autoconfigure;

import java.util.Map;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What payloads are.
 *
 * @param types Classes of payloads by alias. A message says by its alias what it is, and a listener that takes a common supertype gets an object of that class.
 */
@ConfigurationProperties("reliable-mq.payload")
record PayloadProperties(@DefaultValue Map<String, Class<?>> types) {

    private static final Pattern ALIAS = Pattern.compile("[a-zA-Z0-9.-]{1,64}");

    /** @throws ReliableMqConfigurationException naming the alias */
    Map<String, Class<?>> checkedTypes() {
        types.forEach((alias, type) -> {
            refuse(!ALIAS.matcher(alias).matches(), alias, "an alias is 1 to 64 of the characters a-z A-Z 0-9 . -");
            refuse(
                    type.getTypeParameters().length > 0,
                    alias,
                    type.getName() + " is generic, and a message does not say of what: name a class that extends it");
        });
        return types;
    }

    private static void refuse(boolean wrong, String alias, String why) {
        if (wrong) {
            throw new ReliableMqConfigurationException(
                    "reliable-mq.payload.types has the alias \"" + alias + "\": " + why,
                    "Correct reliable-mq.payload.types.");
        }
    }
}
