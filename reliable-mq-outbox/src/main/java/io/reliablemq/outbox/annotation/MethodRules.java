package io.reliablemq.outbox.annotation;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import org.springframework.util.ClassUtils;

/** Which methods can have the annotation, whatever proxy they get. */
final class MethodRules {

    /** By name: Reactive Streams need not be there. */
    private static final Set<String> LATER = Set.of(
            "org.reactivestreams.Publisher",
            Flow.Publisher.class.getName(),
            Future.class.getName(),
            CompletionStage.class.getName());

    private MethodRules() {}

    static boolean isVoid(Method method) {
        return method.getReturnType() == void.class || method.getReturnType() == Void.class;
    }

    static void check(Site site) {
        int modifiers = site.method().getModifiers();
        if (Modifier.isPrivate(modifiers) || Modifier.isStatic(modifiers)) {
            throw site.error(
                    "has no effect, because the method is " + (Modifier.isStatic(modifiers) ? "static" : "private")
                            + " and no proxy can intercept it. Make it a public method of the bean, called from another bean");
        }
        Class<?> returned = site.method().getReturnType();
        if (isLater(returned)) {
            throw site.error("would send before the result is there, because the method returns "
                    + ClassUtils.getShortName(returned)
                    + ". Call Outbox.send within the transaction that computes the result");
        }
    }

    private static boolean isLater(Class<?> type) {
        return LATER.contains(type.getName())
                || ClassUtils.getAllInterfacesForClassAsSet(type).stream().anyMatch(i -> LATER.contains(i.getName()));
    }
}
