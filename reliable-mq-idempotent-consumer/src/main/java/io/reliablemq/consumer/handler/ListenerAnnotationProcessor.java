package io.reliablemq.consumer.handler;

import io.reliablemq.consumer.ConsumerSettings;
import io.reliablemq.consumer.IdempotentListener;
import io.reliablemq.consumer.IdempotentListeners;
import io.reliablemq.consumer.ListenerDefinition;
import io.reliablemq.consumer.ListenerRegistrar;
import io.reliablemq.consumer.spi.ListenerEndpoint;
import io.reliablemq.consumer.spi.ListenerEndpoints;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.messaging.converter.MessageConverter;
import org.springframework.transaction.TransactionManager;
import org.springframework.validation.Validator;

/**
 * Finds {@link IdempotentListener} methods and registers them as listeners, once all singletons exist; and those that are added at
 * run time.
 *
 * <p>Without an order of its own it comes after all post-processors that have one, so that it is given the proxies that they make:
 * a {@code @ReliableSend} on a listener's method would else be passed by. A static {@code @Bean}; the suppliers are asked late, so that it drags no other bean into early creation.
 * <b>Errors</b>: a method or attribute that cannot work is an {@link io.reliablemq.consumer.ListenerConfigurationException} that
 * keeps the application from starting. <b>Thread</b>: that of bean creation. <b>Transaction</b>: none.
 */
public final class ListenerAnnotationProcessor
        implements ListenerRegistrar, BeanPostProcessor, SmartInitializingSingleton, BeanFactoryAware {

    private final Supplier<ListenerEndpoints> endpoints;
    private final Supplier<ConsumerSettings> settings;
    private final Supplier<MessageConverter> payloads;
    private final Supplier<@Nullable Validator> validator;
    private final Supplier<? extends TransactionManager> transactionManager;
    private final Set<Class<?>> plainClasses = ConcurrentHashMap.newKeySet();
    private final List<ListenerMethod> early = new ArrayList<>();
    private boolean singletonsExist;
    private @Nullable EndpointFactory factory;
    private @Nullable ConfigurableBeanFactory beanFactory;

    /**
     * @param payloads converts payloads other than {@code String} and {@code byte[]}, usually a
     *     {@code JacksonJsonMessageConverter}
     * @param validator for {@code @Valid} payloads; may give null
     * @param transactionManager of the listeners' transactions
     */
    public ListenerAnnotationProcessor(
            Supplier<ListenerEndpoints> endpoints,
            Supplier<ConsumerSettings> settings,
            Supplier<MessageConverter> payloads,
            Supplier<@Nullable Validator> validator,
            Supplier<? extends TransactionManager> transactionManager) {
        this.endpoints = endpoints;
        this.settings = settings;
        this.payloads = payloads;
        this.validator = validator;
        this.transactionManager = transactionManager;
    }

    @Override
    public void setBeanFactory(BeanFactory beanFactory) {
        this.beanFactory = (ConfigurableBeanFactory) beanFactory;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        Class<?> type = AopProxyUtils.ultimateTargetClass(bean);
        if (plainClasses.contains(type) || !AnnotationUtils.isCandidateClass(type, IdempotentListener.class)) {
            return bean;
        }
        Map<Method, Set<IdempotentListener>> methods = annotated(type);
        if (methods.isEmpty()) {
            plainClasses.add(type);
        }
        methods.forEach((method, annotations) ->
                annotations.forEach(annotation -> found(new ListenerMethod(bean, beanName, method, annotation))));
        return bean;
    }

    private static Map<Method, Set<IdempotentListener>> annotated(Class<?> type) {
        return MethodIntrospector.selectMethods(
                type, (MethodIntrospector.MetadataLookup<@Nullable Set<IdempotentListener>>) method -> {
                    Set<IdempotentListener> found = AnnotatedElementUtils.getMergedRepeatableAnnotations(
                            method, IdempotentListener.class, IdempotentListeners.class);
                    return found.isEmpty() ? null : found;
                });
    }

    private void found(ListenerMethod method) {
        synchronized (early) {
            if (!singletonsExist) {
                early.add(method);
                return;
            }
        }
        register(method);
    }

    /** From now on, beans that are created late register at once. */
    @Override
    public void afterSingletonsInstantiated() {
        List<ListenerMethod> waiting;
        synchronized (early) {
            singletonsExist = true;
            waiting = List.copyOf(early);
            early.clear();
        }
        waiting.forEach(this::register);
    }

    @Override
    public void register(ListenerDefinition<?> listener) {
        endpoints.get().register(factory().create(listener));
    }

    @Override
    public void remove(String id) {
        endpoints.get().remove(id);
    }

    private void register(ListenerMethod method) {
        new TransactionManagerCheck(beanFactory, transactionManager).require(method);
        ListenerEndpoint endpoint = factory().create(method);
        endpoints.get().register(endpoint);
    }

    private EndpointFactory factory() {
        synchronized (early) {
            if (factory == null) {
                HandlerMethods handlers = new HandlerMethods(payloads.get(), validator.get(), beanFactory);
                factory = new EndpointFactory(new AttributeResolver(beanFactory), handlers, settings.get());
            }
            return factory;
        }
    }
}
