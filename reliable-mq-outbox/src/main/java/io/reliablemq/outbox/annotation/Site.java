package io.reliablemq.outbox.annotation;

import io.reliablemq.outbox.OutboxConfigurationException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

/** Where an annotation is, for error messages. */
record Site(Method method, Class<?> type) {

    OutboxConfigurationException error(String problem) {
        return error(problem, null);
    }

    /** @param problem goes on after "@ReliableSend on Type#method(...) "; ends with the remedy */
    OutboxConfigurationException error(String problem, @Nullable Throwable cause) {
        return new OutboxConfigurationException(this + " " + problem, cause);
    }

    @Override
    public String toString() {
        String parameters = Arrays.stream(method.getParameterTypes())
                .map(ClassUtils::getShortName)
                .collect(Collectors.joining(", "));
        return "@ReliableSend on " + type.getName() + "#" + method.getName() + "(" + parameters + ")";
    }
}
