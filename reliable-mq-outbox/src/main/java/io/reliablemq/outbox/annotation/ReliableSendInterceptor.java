package io.reliablemq.outbox.annotation;

import io.reliablemq.outbox.Outbox;
import io.reliablemq.outbox.OutboxMessage;
import io.reliablemq.outbox.OutboxOverloadedException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.function.Supplier;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.expression.EvaluationContext;
import org.springframework.expression.spel.support.SimpleEvaluationContext;

/** Sends after the method, but asks for the transaction before it, where one is needed: a body that must not run does not. */
final class ReliableSendInterceptor implements MethodInterceptor {

    private static final Logger log = LoggerFactory.getLogger(ReliableSendInterceptor.class);

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
        boolean needsTransaction = toSend.isEmpty() || toSend.stream().anyMatch(SendDefinition::needsTransaction);
        if (needsTransaction) {
            out.sendAll(List.of()); // refuses what is no transaction
        }
        Object result = invocation.proceed();
        List<OutboxMessage> messages = messages(toSend, invocation.getArguments(), SendDefinition.unwrapped(result));
        if (needsTransaction) {
            out.sendAll(messages);
        } else {
            sendDirect(messages, out);
        }
        return result;
    }

    /** What found no room has been counted and reported as lost. What the method has done stands: its caller is not told it failed. */
    private static void sendDirect(List<OutboxMessage> messages, Outbox out) {
        if (messages.isEmpty()) {
            return;
        }
        try {
            out.sendAll(messages);
        } catch (OutboxOverloadedException e) {
            log.debug("{} direct message(s) of a method found no room", messages.size(), e);
        }
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
