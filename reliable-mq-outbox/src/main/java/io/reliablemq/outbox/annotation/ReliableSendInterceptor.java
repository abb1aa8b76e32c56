package io.reliablemq.outbox.annotation;

import io.reliablemq.outbox.Outbox;
import io.reliablemq.outbox.OutboxMessage;
import java.lang.reflect.Method;
import java.util.List;
import java.util.function.Supplier;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.expression.EvaluationContext;
import org.springframework.expression.spel.support.SimpleEvaluationContext;

/** Sends after the method, but asks for the transaction before it: a body that must not run does not. */
final class ReliableSendInterceptor implements MethodInterceptor {

    private final SendDefinitions definitions;
    private final Supplier<Outbox> outbox;

    ReliableSendInterceptor(SendDefinitions definitions, Supplier<Outbox> outbox) {
        this.definitions = definitions;
        this.outbox = outbox;
    }

    @Override
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        List<SendDefinition> toSend = definitions.of(targetType(invocation), invocation.getMethod());
        Outbox out = outbox.get();
        out.sendAll(List.of()); // refuses what is no transaction
        Object result = invocation.proceed();
        out.sendAll(messages(toSend, invocation.getArguments(), SendDefinition.unwrapped(result)));
        return result;
    }

    private static Class<?> targetType(MethodInvocation invocation) {
        Object target = invocation.getThis();
        return target == null ? invocation.getMethod().getDeclaringClass() : AopProxyUtils.ultimateTargetClass(target);
    }

    private static List<OutboxMessage> messages(
            List<SendDefinition> toSend, @Nullable Object[] arguments, @Nullable Object result) {
        if (toSend.isEmpty()) {
            return List.of();
        }
        EvaluationContext context = context(toSend.get(0).site().method(), arguments, result);
        return toSend.stream()
                .flatMap(definition -> definition.messages(context, result).stream())
                .toList();
    }

    private static EvaluationContext context(Method method, @Nullable Object[] arguments, @Nullable Object result) {
        EvaluationContext context = SimpleEvaluationContext.forReadOnlyDataBinding()
                .withInstanceMethods()
                .build();
        String[] names = AttributeParser.NAMES.getParameterNames(method);
        for (int i = 0; i < arguments.length; i++) {
            context.setVariable("p" + i, arguments[i]);
            context.setVariable("a" + i, arguments[i]);
            if (names != null) {
                context.setVariable(names[i], arguments[i]);
            }
        }
        context.setVariable("result", result);
        return context;
    }
}
