package io.reliablemq.consumer.handler;

import io.reliablemq.consumer.IdempotentListener;
import io.reliablemq.consumer.ListenerConfigurationException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.scheduling.annotation.Async;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** An annotated method of a bean, and what makes one unusable. */
record ListenerMethod(Object bean, String beanName, Method method, IdempotentListener annotation) {

    private static final Set<Propagation> OUTSIDE =
            Set.of(Propagation.REQUIRES_NEW, Propagation.NOT_SUPPORTED, Propagation.NEVER);

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
        Transactional own = transactional();
        refuse(
                own != null && OUTSIDE.contains(own.propagation()),
                "leaves the transaction of the dedup record (propagation " + (own == null ? "" : own.propagation())
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

    private @Nullable Transactional transactional() {
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
