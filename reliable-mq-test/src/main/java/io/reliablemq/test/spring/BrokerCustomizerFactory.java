package io.reliablemq.test.spring;

import io.reliablemq.test.EmbeddedRocketMq;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.TestContextAnnotationUtils;
import org.springframework.util.ClassUtils;

/** Finds {@link EmbeddedRocketMq} on the classes of Spring's tests. */
final class BrokerCustomizerFactory implements ContextCustomizerFactory {

    private static final boolean HAS_STARTER = ClassUtils.isPresent(
            "io.reliablemq.autoconfigure.RocketMqConnectionDetails", BrokerCustomizerFactory.class.getClassLoader());

    @Override
    public @Nullable ContextCustomizer createContextCustomizer(
            Class<?> testClass, List<ContextConfigurationAttributes> configurations) {
        EmbeddedRocketMq wanted = TestContextAnnotationUtils.findMergedAnnotation(testClass, EmbeddedRocketMq.class);
        return wanted == null || !HAS_STARTER ? null : BrokerCustomizer.of(wanted, testClass);
    }
}
