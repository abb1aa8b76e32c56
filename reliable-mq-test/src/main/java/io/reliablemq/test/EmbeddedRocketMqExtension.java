package io.reliablemq.test;

import io.reliablemq.broker.embedded.EmbeddedBroker;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** Has the broker run before a test class does, and hands it to those who have a parameter for it. */
final class EmbeddedRocketMqExtension implements BeforeAllCallback, ParameterResolver {

    @Override
    public void beforeAll(ExtensionContext context) {
        of(context);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        // with an annotation it is somebody else's: Spring's, with @Autowired
        return (type == IsolatedBroker.class || type == EmbeddedBroker.class)
                && parameter.getParameter().getAnnotations().length == 0;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        IsolatedBroker broker = of(context);
        return parameter.getParameter().getType() == IsolatedBroker.class ? broker : broker.broker();
    }

    /** Made once for a test class; twice does no harm. Only what JUnit 5 has, too. */
    private static IsolatedBroker of(ExtensionContext context) {
        Class<?> testClass = context.getRequiredTestClass();
        ExtensionContext.Store store =
                context.getStore(ExtensionContext.Namespace.create(EmbeddedRocketMqExtension.class, testClass));
        IsolatedBroker known = store.get(IsolatedBroker.class, IsolatedBroker.class);
        if (known != null) {
            return known;
        }
        IsolatedBroker made = IsolatedBroker.of(annotation(testClass), testClass);
        store.put(IsolatedBroker.class, made);
        return made;
    }

    /** A nested class has that of the class around it. */
    private static EmbeddedRocketMq annotation(Class<?> testClass) {
        Class<?> enclosing = testClass.getEnclosingClass();
        return AnnotationSupport.findAnnotation(testClass, EmbeddedRocketMq.class)
                .orElseGet(() -> {
                    if (enclosing == null) {
                        throw new IllegalStateException("No @EmbeddedRocketMq is on " + testClass.getName()
                                + ": add it, instead of naming its extension");
                    }
                    return annotation(enclosing);
                });
    }
}
