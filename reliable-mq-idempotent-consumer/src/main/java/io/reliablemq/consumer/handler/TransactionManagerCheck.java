package io.reliablemq.consumer.handler;

import io.reliablemq.consumer.ListenerConfigurationException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.factory.annotation.BeanFactoryAnnotationUtils;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.transaction.TransactionManager;
import org.springframework.transaction.annotation.Transactional;

/**
 * Refuses a handler whose own {@code @Transactional} would begin a transaction of another transaction manager beside that of the dedup
 * record. What the handler's collaborators do shows at run time only.
 */
final class TransactionManagerCheck {

    private final @Nullable ConfigurableBeanFactory beanFactory;
    private final Supplier<? extends TransactionManager> listeners;

    TransactionManagerCheck(
            @Nullable ConfigurableBeanFactory beanFactory, Supplier<? extends TransactionManager> listeners) {
        this.beanFactory = beanFactory;
        this.listeners = listeners;
    }

    void require(ListenerMethod method) {
        Transactional own = method.transactional();
        if (own == null || beanFactory == null) {
            return;
        }
        TransactionManager used = used(beanFactory, own);
        TransactionManager ours = listeners.get();
        if (used != null && target(used) != target(ours)) {
            throw new ListenerConfigurationException("@IdempotentListener method " + method.origin() + " of bean '"
                    + method.beanName() + "' has its own @Transactional"
                    + (own.transactionManager().isEmpty() ? "" : "(\"" + own.transactionManager() + "\")")
                    + ", which begins a transaction of " + used + ", while the dedup record is written in one of "
                    + ours
                    + ": the effect could be committed without it. Remove the annotation, or name the listeners'"
                    + " transaction manager");
        }
    }

    /** Null where it depends on more than can be seen here. */
    private static @Nullable TransactionManager used(ConfigurableBeanFactory beans, Transactional own) {
        String name = beans.resolveEmbeddedValue(own.transactionManager());
        return name == null || name.isEmpty()
                ? beans.getBeanProvider(TransactionManager.class).getIfUnique()
                : BeanFactoryAnnotationUtils.qualifiedBeanOfType(beans, TransactionManager.class, name);
    }

    private static Object target(TransactionManager manager) {
        Object target = AopProxyUtils.getSingletonTarget(manager);
        return target == null ? manager : target;
    }
}
