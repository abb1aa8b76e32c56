package io.reliablemq.consumer.handler;

import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;

/** A parameter that stands for what is inside of it: the payload of a {@code Message}, an element of a {@code List}. */
final class ContentParameter extends MethodParameter {

    private final ResolvableType content;

    ContentParameter(MethodParameter parameter, ResolvableType content) {
        super(parameter);
        this.content = content;
    }

    @Override
    public Class<?> getParameterType() {
        return content.resolve(Object.class);
    }

    @Override
    public Type getGenericParameterType() {
        return content.getType();
    }

    @Override
    public Class<?> getNestedParameterType() {
        return getParameterType();
    }

    @Override
    public Type getNestedGenericParameterType() {
        return getGenericParameterType();
    }

    @Override
    public ContentParameter nested() {
        return new ContentParameter(this, content.getGeneric());
    }

    @Override
    public ContentParameter clone() {
        return new ContentParameter(this, content);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return super.equals(other) && other instanceof ContentParameter parameter && content.equals(parameter.content);
    }

    @Override
    public int hashCode() {
        return 31 * super.hashCode() + content.hashCode();
    }
}
