package io.reliablemq.consumer.handler;

import io.reliablemq.consumer.ListenerConfigurationException;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanExpressionContext;
import org.springframework.beans.factory.config.BeanExpressionResolver;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.format.datetime.standard.DurationFormatterUtils;

/** Resolves placeholders and expressions in annotation attributes, and says which attribute of which listener is wrong. */
final class AttributeResolver {

    private final @Nullable ConfigurableBeanFactory beanFactory;

    AttributeResolver(@Nullable ConfigurableBeanFactory beanFactory) {
        this.beanFactory = beanFactory;
    }

    /** The attributes of one listener. */
    Attributes of(String origin) {
        return new Attributes(origin);
    }

    private String evaluate(String value) {
        if (beanFactory == null) {
            return value;
        }
        String embedded = String.valueOf(beanFactory.resolveEmbeddedValue(value));
        if (embedded.contains("${")) {
            throw new IllegalArgumentException("a placeholder has no value");
        }
        BeanExpressionResolver expressions = beanFactory.getBeanExpressionResolver();
        return expressions == null
                ? embedded
                : Objects.toString(expressions.evaluate(embedded, new BeanExpressionContext(beanFactory, null)), "");
    }

    /** Every getter refuses what does not resolve or parse, naming attribute and listener. */
    final class Attributes {

        private final String origin;

        private Attributes(String origin) {
            this.origin = origin;
        }

        String text(String name, String value) {
            return parse(name, value, "", Function.identity());
        }

        String required(String name, String value) {
            String text = text(name, value);
            if (text.isBlank()) {
                throw wrong(name, value, "is blank: give it a value", null);
            }
            return text;
        }

        int number(String name, String value, int fallback) {
            return atLeast(1, name, value, fallback);
        }

        /** The fallback is not looked at. */
        int atLeast(int least, String name, String value, int fallback) {
            int number = parse(name, value, fallback, Integer::valueOf);
            if (number < least && !text(name, value).isEmpty()) {
                throw wrong(name, value, "is " + number + ": give at least " + least, null);
            }
            return number;
        }

        double factor(String name, String value, double fallback) {
            return parse(name, value, fallback, Double::valueOf);
        }

        boolean flag(String name, String value, boolean fallback) {
            return parse(name, value, fallback, AttributeResolver::toBoolean);
        }

        Duration duration(String name, String value, Duration fallback) {
            Duration duration = parse(name, value, fallback, DurationFormatterUtils::detectAndParse);
            if (duration.isNegative()) {
                throw wrong(name, value, "is negative: give a positive duration", null);
            }
            return duration;
        }

        private <T> T parse(String name, String value, T fallback, Function<String, T> parser) {
            try {
                String text = value.isEmpty() ? "" : evaluate(value).trim();
                return text.isEmpty() ? fallback : parser.apply(text);
            } catch (RuntimeException e) {
                throw wrong(
                        name, value, "cannot be used (" + e.getMessage() + "): correct it or set what it refers to", e);
            }
        }

        private ListenerConfigurationException wrong(
                String name, String value, String problem, @Nullable RuntimeException cause) {
            return new ListenerConfigurationException(
                    "@IdempotentListener on " + origin + ": " + name + " \"" + value + "\" " + problem, cause);
        }
    }

    private static boolean toBoolean(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("neither true nor false");
        };
    }
}
