package io.reliablemq.outbox.annotation;

import io.reliablemq.outbox.Outbox;
import io.reliablemq.outbox.OutboxConfigurationException;
import java.lang.reflect.Method;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopConfigException;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.autoproxy.AbstractBeanFactoryAwareAdvisingPostProcessor;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.util.function.SingletonSupplier;

/**
 * Gives beans with {@link io.reliablemq.outbox.ReliableSend} methods their advice, as the innermost: inside the transaction
 * advice, which the auto-proxy creator has added before. Declare it as a {@code static @Bean}.
 *
 * <p><b>Errors</b>: an annotation that could not work, or would send outside of the transaction, fails the start-up with an
 * {@link OutboxConfigurationException}.
 */
@SuppressWarnings("serial")
public final class ReliableSendPostProcessor extends AbstractBeanFactoryAwareAdvisingPostProcessor
        implements SmartInitializingSingleton {

    private final transient SendDefinitions definitions = new SendDefinitions(this::resolved);
    private final transient ProxyRules rules;
    private transient @Nullable Map<String, Object> toCheckAgain = new LinkedHashMap<>();

    /** @param outbox asked at the first call of an annotated method, so that the outbox is not created before its time */
    public ReliableSendPostProcessor(Supplier<Outbox> outbox) {
        ReliableSendAdvisor reliableSend = new ReliableSendAdvisor(definitions, SingletonSupplier.of(outbox));
        this.advisor = reliableSend;
        this.rules = new ProxyRules(reliableSend);
    }

    private @Nullable String resolved(@Nullable String text) {
        return beanFactory == null || text == null ? text : beanFactory.resolveEmbeddedValue(text);
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (bean instanceof AopInfrastructureBean) {
            return bean;
        }
        requireTargetBehindInterfaces(bean, beanName);
        Map<Method, List<SendDefinition>> methods = definitions.of(AopProxyUtils.ultimateTargetClass(bean));
        if (methods.isEmpty()) {
            return bean;
        }
        Object proxy = rules.isAdvised(bean) ? bean : proxy(bean, beanName, methods.keySet());
        rules.check(proxy, beanName, methods);
        remember(proxy, beanName);
        return proxy;
    }

    /** A repository, for example, answers by interceptors that never reach ours. */
    private void requireTargetBehindInterfaces(Object bean, String beanName) {
        Class<?> target = AopProxyUtils.ultimateTargetClass(bean);
        for (Class<?> exposed :
                AopUtils.isJdkDynamicProxy(bean) ? bean.getClass().getInterfaces() : new Class<?>[0]) {
            if (!exposed.isAssignableFrom(target) && !definitions.of(exposed).isEmpty()) {
                Method method = definitions.of(exposed).keySet().iterator().next();
                throw new Site(method, exposed)
                        .error("has no effect, because bean '" + beanName
                                + "' is a proxy without a target that implements"
                                + " this interface. Move the annotation to the method that calls it");
            }
        }
    }

    private Object proxy(Object bean, String beanName, Set<Method> methods) {
        try {
            return super.postProcessAfterInitialization(bean, beanName);
        } catch (AopConfigException e) {
            Site site = new Site(methods.iterator().next(), bean.getClass());
            throw site.error(
                    "cannot be applied to bean '" + beanName + "', because its class cannot be subclassed. Make it not"
                            + " final, or put the method into an interface and set spring.aop.proxy-target-class=false",
                    e);
        }
    }

    private synchronized void remember(Object proxy, String beanName) {
        if (toCheckAgain != null) {
            toCheckAgain.put(beanName, proxy);
        }
    }

    /** Other post-processors may have added transaction advice after ours. */
    @Override
    public synchronized void afterSingletonsInstantiated() {
        if (toCheckAgain != null) {
            toCheckAgain.forEach((beanName, proxy) ->
                    rules.check(proxy, beanName, definitions.of(AopProxyUtils.ultimateTargetClass(proxy))));
        }
        toCheckAgain = null;
    }
}
