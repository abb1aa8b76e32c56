package io.reliablemq.outbox.annotation;

import java.util.HashSet;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.expression.Expression;
import org.springframework.expression.ParseException;
import org.springframework.expression.ParserContext;
import org.springframework.expression.common.CompositeStringExpression;
import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.ast.BeanReference;
import org.springframework.expression.spel.ast.ConstructorReference;
import org.springframework.expression.spel.ast.TypeReference;
import org.springframework.expression.spel.ast.VariableReference;
import org.springframework.expression.spel.standard.SpelExpression;
import org.springframework.expression.spel.standard.SpelExpressionParser;

/** Parses the attributes of one method's annotations and refuses what can be seen to fail later. */
final class AttributeParser {

    static final ParameterNameDiscoverer NAMES = new DefaultParameterNameDiscoverer();
    private static final SpelExpressionParser PARSER = new SpelExpressionParser();

    private final Site site;
    private final UnaryOperator<@Nullable String> placeholders;
    private final Set<String> variables;

    AttributeParser(Site site, UnaryOperator<@Nullable String> placeholders) {
        this.site = site;
        this.placeholders = placeholders;
        this.variables = variables(site);
    }

    private static Set<String> variables(Site site) {
        Set<String> variables = new HashSet<>(Set.of("root", "this"));
        if (!MethodRules.isVoid(site.method())) {
            variables.add("result");
        }
        String[] names = NAMES.getParameterNames(site.method());
        for (int i = 0; i < site.method().getParameterCount(); i++) {
            variables.add("p" + i);
            variables.add("a" + i);
            if (names != null) {
                variables.add(names[i]);
            }
        }
        return variables;
    }

    /** Literal text with expressions in {@code #{...}}; null when empty. */
    @Nullable
    Attribute text(String name, String text) {
        return parse(name, text, ParserContext.TEMPLATE_EXPRESSION);
    }

    /** One expression; null when empty. */
    @Nullable
    Attribute expression(String name, String text) {
        return parse(name, text, null);
    }

    private @Nullable Attribute parse(String name, String text, @Nullable ParserContext context) {
        String resolved = resolved(name, text);
        if (resolved.isBlank()) {
            return null;
        }
        try {
            Expression expression = PARSER.parseExpression(resolved, context);
            check(name, expression);
            return new Attribute(site, name, expression);
        } catch (ParseException e) {
            throw site.error(
                    "has " + name + " \"" + resolved + "\", which is no SpEL expression: " + e.getMessage(), e);
        }
    }

    private String resolved(String name, String text) {
        String resolved;
        try {
            resolved = placeholders.apply(text);
        } catch (IllegalArgumentException e) {
            throw unresolved(name, text, e);
        }
        if (resolved == null) {
            return "";
        }
        if (resolved.contains("${")) {
            throw unresolved(name, text, null);
        }
        return resolved;
    }

    private RuntimeException unresolved(String name, String text, @Nullable Throwable cause) {
        return site.error(
                "has " + name + " \"" + text
                        + "\" with a placeholder that is not defined. Set the property, or give the"
                        + " placeholder a default as in ${name:default}",
                cause);
    }

    private void check(String name, Expression expression) {
        if (expression instanceof CompositeStringExpression composite) {
            for (Expression part : composite.getExpressions()) {
                check(name, part);
            }
        } else if (expression instanceof SpelExpression spel && spel.getAST() != null) {
            check(name, spel, spel.getAST());
        }
    }

    private void check(String name, SpelExpression expression, SpelNode node) {
        if (node instanceof TypeReference || node instanceof ConstructorReference || node instanceof BeanReference) {
            throw site.error("has " + name + " \"" + expression.getExpressionString() + "\" with " + node.toStringAST()
                    + ": types, constructors and beans are not available. Compute the value in the method, or call"
                    + " Outbox.send");
        }
        if (node instanceof VariableReference
                && !variables.contains(node.toStringAST().substring(1))) {
            throw site.error("has " + name + " \"" + expression.getExpressionString() + "\" with the unknown variable "
                    + node.toStringAST() + ": there are " + variables + ". Compile with -parameters to use names");
        }
        for (int i = 0; i < node.getChildCount(); i++) {
            check(name, expression, node.getChild(i));
        }
    }
}
