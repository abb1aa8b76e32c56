package io.reliablemq.test.spring;

import io.reliablemq.broker.embedded.TopicDeclaration;
import io.reliablemq.test.EmbeddedRocketMq;
import io.reliablemq.test.IsolatedBroker;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.MergedContextConfiguration;

/** Connects an application context to the broker of its test class. Equal for test classes that may share a context. */
record BrokerCustomizer(IsolatedBroker broker, Traffic traffic) implements ContextCustomizer {

    /** By broker and namespace: contexts that see the same messages know what became of them in the others. */
    private static final Map<String, BrokerCustomizer> KNOWN = new ConcurrentHashMap<>();

    static BrokerCustomizer of(EmbeddedRocketMq wanted, Class<?> testClass) {
        IsolatedBroker broker = IsolatedBroker.of(wanted, testClass);
        return KNOWN.computeIfAbsent(
                broker.endpoints() + '/' + broker.namespace(), unknown -> new BrokerCustomizer(broker, new Traffic()));
    }

    @Override
    public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration configuration) {
        context.getEnvironment()
                .getPropertySources()
                .addFirst(new MapPropertySource(
                        "reliableMqTestBroker",
                        Map.of(
                                "reliable-mq.broker.embedded.enabled", "false",
                                "reliable-mq.rocketmq.namespace", "",
                                "reliable-mq.rocketmq.tls", "false")));
        DeclaredTopics.in(context.getEnvironment()).forEach(this::create);
        ConfigurableListableBeanFactory beans = context.getBeanFactory();
        beans.registerSingleton("reliableMqTestBroker", broker);
        beans.registerSingleton("reliableMqTestConnectionDetails", new TestConnectionDetails(broker.endpoints()));
        beans.registerSingleton("reliableMqTestTraffic", traffic);
        beans.registerSingleton("reliableMqTestDrain", new Drain(beans, traffic));
        beans.registerSingleton("reliableMqTestOutboxRecords", new OutboxRecords(beans, traffic));
        beans.addBeanPostProcessor(new WatchedPorts(broker, traffic));
    }

    private void create(TopicDeclaration topic) {
        broker.createTopic(topic);
    }
}
