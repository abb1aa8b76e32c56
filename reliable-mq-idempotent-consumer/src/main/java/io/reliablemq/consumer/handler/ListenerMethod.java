package io.reliablemq.consumer.handler;

import io.reliablemq.consumer.IdempotentListener;
import io.reliablemq.consumer.ListenerConfigurationException;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.scheduling.annotation.Async;
import org.springframework.transaction.annotation.Transactional;

/** An annotated method of a bean, and what makes one unusable. */
record ListenerMethod(Object bean, String beanName, Method method, IdempotentListener annotation) {

    /** Of Spring's annotation and of Jakarta's, which have the same names for them. */
    private static final Set<String> OUTSIDE = Set.of("REQUIRES_NEW", "NOT_SUPPORTED", "NEVER");

    private static final String JAKARTA = "jakarta.transaction.Transactional";

    String origin() {
        return method.getDeclaringClass().getName() + "." + method.getName();
    }

    /** For error messages. */
    @Override
    public String toString() {
        return "@IdempotentListener on " + origin();
    }

    /** The bean's own class, without its proxy. */
    Class<?> type() {
        return AopProxyUtils.ultimateTargetClass(bean);
    }

    /** The method to call: on the proxy, where there is one. */
    Method invocable() {
        refuse(Modifier.isPrivate(method.getModifiers()), "is private: make it at least package-private");
        refuse(Modifier.isStatic(method.getModifiers()), "is static: make it an instance method");
        refuse(
                AnnotatedElementUtils.hasAnnotation(method, Async.class) || returnsLater(),
                "works on another thread, outside the transaction of the dedup record: make it synchronous");
        String propagation = propagation();
        refuse(
                OUTSIDE.contains(propagation),
                "leaves the transaction of the dedup record (propagation " + propagation
                        + "): use REQUIRED, or no annotation");
        try {
            return AopUtils.selectInvocableMethod(method, bean.getClass());
        } catch (IllegalStateException e) {
            throw new ListenerConfigurationException(
                    "@IdempotentListener method " + origin() + " of bean '" + beanName
                            + "' is hidden by a proxy: declare it in an interface, or proxy the class",
                    e);
        }
    }

    private boolean returnsLater() {
        Class<?> type = method.getReturnType();
        return Future.class.isAssignableFrom(type)
                || CompletionStage.class.isAssignableFrom(type)
                || "org.reactivestreams.Publisher".equals(type.getName())
                || type.getName().startsWith("reactor.core.publisher.");
    }

    /** Empty where there is no annotation. */
    private String propagation() {
        Transactional spring = transactional();
        if (spring != null) {
            return spring.propagation().name();
        }
        MergedAnnotation<?> onMethod = jakarta(method);
        MergedAnnotation<?> jakarta = onMethod.isPresent() ? onMethod : jakarta(method.getDeclaringClass());
        return jakarta.getValue("value").map(Object::toString).orElse("");
    }

    private static MergedAnnotation<?> jakarta(AnnotatedElement element) {
        return MergedAnnotations.from(element, MergedAnnotations.SearchStrategy.TYPE_HIERARCHY)
                .get(JAKARTA);
    }

    @Nullable
    Transactional transactional() {
        Transactional onMethod = AnnotatedElementUtils.findMergedAnnotation(method, Transactional.class);
        return onMethod != null
                ? onMethod
                : AnnotatedElementUtils.findMergedAnnotation(method.getDeclaringClass(), Transactional.class);
    }

    void refuse(boolean wrong, String problem) {
        if (wrong) {
            throw new ListenerConfigurationException(
                    "@IdempotentListener method " + origin() + " of bean '" + beanName + "' " + problem);
        }
    }
}
