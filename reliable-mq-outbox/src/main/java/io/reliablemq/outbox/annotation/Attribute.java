package io.reliablemq.outbox.annotation;

import io.reliablemq.outbox.MessageRejectedException;
import org.jspecify.annotations.Nullable;
import org.springframework.expression.EvaluationContext;
import org.springframework.expression.EvaluationException;
import org.springframework.expression.Expression;
import org.springframework.expression.common.LiteralExpression;

/** An attribute of an annotation, parsed. */
record Attribute(Site site, String name, Expression expression) {

    /** The text, when it has no expression in it. */
    @Nullable
    String constant() {
        return expression instanceof LiteralExpression ? expression.getExpressionString() : null;
    }

    /** @throws MessageRejectedException naming the attribute */
    @Nullable
    Object value(EvaluationContext context, @Nullable Object root) {
        try {
            return expression.getValue(context, root);
        } catch (EvaluationException e) {
            throw rejected("cannot be evaluated: " + e.getMessage(), e);
        }
    }

    @Nullable
    String text(EvaluationContext context, @Nullable Object root) {
        Object value = value(context, root);
        return value == null ? null : value.toString();
    }

    String requiredText(EvaluationContext context, @Nullable Object root) {
        String text = text(context, root);
        if (text == null) {
            throw rejected("is null: it must have a value", null);
        }
        return text;
    }

    boolean isTrue(EvaluationContext context, @Nullable Object root) {
        Object value = value(context, root);
        if (value instanceof Boolean answer) {
            return answer;
        }
        throw rejected(
                "must be true or false, but is "
                        + (value == null ? "null" : "a " + value.getClass().getName()),
                null);
    }

    MessageRejectedException rejected(String problem, @Nullable Throwable cause) {
        String message = site + ": " + name + " \"" + expression.getExpressionString() + "\" " + problem;
        return cause == null ? new MessageRejectedException(message) : new MessageRejectedException(message, cause);
    }
}
