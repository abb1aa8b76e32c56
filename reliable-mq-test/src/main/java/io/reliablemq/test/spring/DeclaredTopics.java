package io.reliablemq.test.spring;

import io.reliablemq.broker.embedded.TopicDeclaration;
import io.reliablemq.broker.embedded.TopicType;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/** The topics that the application declares for an embedded broker of its own. */
final class DeclaredTopics {

    private static final String PROPERTY = "reliable-mq.broker.embedded.topics";

    private DeclaredTopics() {}

    static List<TopicDeclaration> in(Environment environment) {
        return Binder.get(environment).bind(PROPERTY, Bindable.listOf(Topic.class)).orElse(List.of()).stream()
                .map(Topic::declaration)
                .toList();
    }

    record Topic(
            String name, @Nullable TopicType type, @Nullable Integer queues) {

        TopicDeclaration declaration() {
            TopicDeclaration standard = TopicDeclaration.normal(name);
            return new TopicDeclaration(
                    name, type == null ? standard.type() : type, queues == null ? standard.queues() : queues);
        }
    }
}
