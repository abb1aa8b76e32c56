package io.reliablemq.autoconfigure;

import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/** Adds a profile's defaults behind everything else that is configured, when all of that has been read. */
class ProfileEnvironmentPostProcessor implements EnvironmentPostProcessor, Ordered {

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        Binder.get(environment).bind(Profile.PROPERTY, String.class).ifBound(name -> environment
                .getPropertySources()
                .addLast(new MapPropertySource(
                        "reliableMqProfile", Map.copyOf(Profile.named(name).defaults()))));
    }

    @Override
    public int getOrder() {
        return LOWEST_PRECEDENCE;
    }
}
