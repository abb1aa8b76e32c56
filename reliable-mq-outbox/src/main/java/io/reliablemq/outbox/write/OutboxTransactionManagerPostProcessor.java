package io.reliablemq.outbox.write;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.PriorityOrdered;
import org.springframework.transaction.ConfigurableTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * Lets the outbox take part in the transactions of every {@link PlatformTransactionManager} bean. Declare it as a
 * {@code static @Bean}; it needs nothing and initialises nothing.
 *
 * <p><b>Guarantee</b>: each manager gets the listener once, as its last one. A manager that cannot have it (or that is no
 * bean) is harmless: a {@code send} within its transactions is refused.
 */
public final class OutboxTransactionManagerPostProcessor implements BeanPostProcessor, PriorityOrdered {

    /** First, so that no transaction manager is created earlier. */
    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (bean instanceof PlatformTransactionManager && bean instanceof ConfigurableTransactionManager manager) {
            listenTo(manager, beanName);
        }
        return bean;
    }

    /**
     * The same for a manager that is no bean.
     *
     * @param name for error messages
     */
    public static void listenTo(ConfigurableTransactionManager manager, String name) {
        if (manager.getTransactionExecutionListeners().stream()
                .noneMatch(OutboxTransactionListener.class::isInstance)) {
            manager.addListener(new OutboxTransactionListener(manager, name));
        }
    }
}
