package io.reliablemq.outbox.annotation;

import io.reliablemq.outbox.Outbox;
import java.lang.reflect.Method;
import java.util.function.Supplier;
import org.aopalliance.aop.Advice;
import org.springframework.aop.Pointcut;
import org.springframework.aop.support.AbstractPointcutAdvisor;
import org.springframework.aop.support.StaticMethodMatcherPointcut;

/** Where to intercept: the methods that have definitions. */
final class ReliableSendAdvisor extends AbstractPointcutAdvisor {

    private final transient SendDefinitions definitions;
    private final transient ReliableSendInterceptor interceptor;
    private final transient Pointcut pointcut = new StaticMethodMatcherPointcut() {
        @Override
        public boolean matches(Method method, Class<?> targetClass) {
            return !definitions.of(targetClass, method).isEmpty();
        }
    };

    ReliableSendAdvisor(SendDefinitions definitions, Supplier<Outbox> outbox) {
        this.definitions = definitions;
        this.interceptor = new ReliableSendInterceptor(definitions, outbox);
    }

    @Override
    public Pointcut getPointcut() {
        return pointcut;
    }

    @Override
    public Advice getAdvice() {
        return interceptor;
    }
}
