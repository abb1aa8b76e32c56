package io.reliablemq.consumer.handler;

import io.reliablemq.consumer.DeadLetter;
import io.reliablemq.consumer.DeadLetterHandler;
import io.reliablemq.consumer.DeadLetterListener;
import io.reliablemq.consumer.ListenerConfigurationException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Finds {@link DeadLetterListener} methods and calls them. A static {@code @Bean}, without an order, so that it comes last and is
 * given the proxies.
 *
 * <p><b>Errors</b>: a method that cannot be called with a dead letter is a {@link ListenerConfigurationException} that keeps the
 * application from starting; what a method throws is thrown on, after the others were called. <b>Thread</b> and <b>transaction</b>: see {@link
 * DeadLetterHandler}.
 */
public final class DeadLetterListeners implements DeadLetterHandler, BeanPostProcessor, BeanFactoryAware {

    private final List<Found> found = new CopyOnWriteArrayList<>();
    private @Nullable ConfigurableBeanFactory beanFactory;

    /** @param group empty for all */
    private record Found(Object bean, Method method, String group) {

        boolean isFor(DeadLetter letter) {
            return group.isEmpty() || group.equals(letter.consumerGroup());
        }
    }

    @Override
    public void setBeanFactory(BeanFactory beanFactory) {
        this.beanFactory = (ConfigurableBeanFactory) beanFactory;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        Class<?> type = AopProxyUtils.ultimateTargetClass(bean);
        if (AnnotationUtils.isCandidateClass(type, DeadLetterListener.class)) {
            Map<Method, DeadLetterListener> methods = MethodIntrospector.selectMethods(
                    type, (MethodIntrospector.MetadataLookup<@Nullable DeadLetterListener>)
                            method -> AnnotatedElementUtils.findMergedAnnotation(method, DeadLetterListener.class));
            methods.forEach((method, annotation) -> found.add(found(bean, beanName, method, annotation)));
        }
        return bean;
    }

    private Found found(Object bean, String beanName, Method method, DeadLetterListener annotation) {
        if (method.getParameterCount() != 1 || method.getParameterTypes()[0] != DeadLetter.class) {
            throw new ListenerConfigurationException("@DeadLetterListener method " + method + " of bean '" + beanName
                    + "' does not take one " + DeadLetter.class.getName() + " and nothing else: change its parameters");
        }
        Method invocable = AopUtils.selectInvocableMethod(method, bean.getClass());
        ReflectionUtils.makeAccessible(invocable);
        String group = beanFactory == null
                ? annotation.consumerGroup()
                : beanFactory.resolveEmbeddedValue(annotation.consumerGroup());
        return new Found(bean, invocable, group == null ? "" : group);
    }

    @Override
    public void handle(DeadLetter letter) {
        RuntimeException failure = null;
        for (Found listener : found) {
            try {
                if (listener.isFor(letter)) {
                    ReflectionUtils.invokeMethod(listener.method(), listener.bean(), letter);
                }
            } catch (RuntimeException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
