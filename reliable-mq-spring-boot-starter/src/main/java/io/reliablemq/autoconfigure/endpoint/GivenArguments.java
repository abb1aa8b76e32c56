package io.reliablemq.autoconfigure.endpoint;

import java.security.Principal;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.InvocationContext;
import org.springframework.boot.actuate.endpoint.OperationArgumentResolver;
import org.springframework.boot.actuate.endpoint.OperationType;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvoker;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvokerAdvisor;
import org.springframework.boot.actuate.endpoint.invoke.OperationParameters;

/** Hands the endpoint all arguments of a request: one by one those that it does not know would be ignored. */
class GivenArguments implements OperationInvokerAdvisor {

    private static final EndpointId OURS = EndpointId.of(ReliableMqEndpoint.ID);

    @Override
    public OperationInvoker apply(
            EndpointId endpoint, OperationType type, OperationParameters parameters, OperationInvoker invoker) {
        return endpoint.equals(OURS) ? context -> invoker.invoke(withGiven(context)) : invoker;
    }

    private static InvocationContext withGiven(InvocationContext context) {
        SecurityContext security = context.resolveArgument(SecurityContext.class);
        SecurityContext known = security == null ? SecurityContext.NONE : security;
        Given given = new Given(context.getArguments(), name(known.getPrincipal()));
        return new InvocationContext(
                known, context.getArguments(), OperationArgumentResolver.of(Given.class, () -> given));
    }

    private static @Nullable String name(@Nullable Principal principal) {
        return principal == null ? null : principal.getName();
    }
}
