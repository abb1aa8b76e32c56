package io.reliablemq.outbox.annotation;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.transaction.interceptor.TransactionAspectSupport;
import org.springframework.util.ClassUtils;

/** What must hold of the finished proxy of a bean with annotated methods. */
final class ProxyRules {

    private final Advisor ours;

    ProxyRules(Advisor ours) {
        this.ours = ours;
    }

    boolean isAdvised(Object bean) {
        return advisors(bean).contains(ours);
    }

    /** @throws io.reliablemq.outbox.OutboxConfigurationException naming the bean, the method and the remedy */
    void check(Object bean, String beanName, Map<Method, List<SendDefinition>> methods) {
        Class<?> type = ClassUtils.getUserClass(AopProxyUtils.ultimateTargetClass(bean));
        methods.forEach((method, definitions) -> {
            Site site = new Site(method, type);
            int index = checkAdvised(bean, beanName, site);
            if (definitions.stream().anyMatch(SendDefinition::needsTransaction)) {
                checkOrder(bean, beanName, site, index);
            }
            if (!isIntercepted(bean, method, type)) {
                throw site.error("has no effect, because the proxy of bean '" + beanName + "' "
                        + (AopUtils.isJdkDynamicProxy(bean)
                                ? "has interfaces only, and none of them has the method. Add it to one, or set"
                                        + " spring.aop.proxy-target-class=true"
                                : "cannot override a final method. Remove final"));
            }
        });
    }

    /** @return which one our advice is */
    private int checkAdvised(Object bean, String beanName, Site site) {
        int index = advisors(bean).indexOf(ours);
        if (index < 0) {
            throw site.error(
                    "cannot be applied to bean '" + beanName + "', because its proxy is frozen or opaque. Let Spring"
                            + " create the proxy without those flags, or call Outbox.send");
        }
        return index;
    }

    private static void checkOrder(Object bean, String beanName, Site site, int index) {
        List<Advisor> advisors = advisors(bean);
        boolean transactionInside = advisors.subList(index, advisors.size()).stream()
                .anyMatch(advisor -> advisor.getAdvice() instanceof TransactionAspectSupport);
        if (transactionInside) {
            throw site.error(
                    "would send after the commit, because bean '" + beanName + "' has transaction advice inside"
                            + " the advice of @ReliableSend. Let @EnableTransactionManagement create the transaction proxy, or"
                            + " order the post-processor that adds it before ReliableSendPostProcessor");
        }
    }

    private static boolean isIntercepted(Object proxy, Method method, Class<?> type) {
        if (!AopUtils.isJdkDynamicProxy(proxy)) {
            return !Modifier.isFinal(method.getModifiers());
        }
        return ClassUtils.getAllInterfacesAsSet(proxy).stream()
                .flatMap(exposed -> Arrays.stream(exposed.getMethods()))
                .anyMatch(exposed -> SendDefinitions.specific(exposed, type).equals(method));
    }

    /** From the outermost to the innermost, through proxies of proxies. */
    private static List<Advisor> advisors(Object bean) {
        List<Advisor> advisors = new ArrayList<>();
        @Nullable Object current = bean;
        while (current instanceof Advised advised) {
            advisors.addAll(List.of(advised.getAdvisors()));
            current = AopProxyUtils.getSingletonTarget(current);
        }
        return advisors;
    }
}
