package io.reliablemq.outbox.annotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.reliablemq.outbox.Outbox;
import io.reliablemq.outbox.OutboxConfigurationException;
import io.reliablemq.outbox.ReliableSend;
import io.reliablemq.outbox.SendMode;
import io.reliablemq.outbox.write.OutboxFixture;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.Ordered;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.annotation.AnnotationTransactionAttributeSource;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.interceptor.TransactionInterceptor;

class ReliableSendStartupTests {

    @Configuration
    static class Infrastructure {

        @Bean
        static ReliableSendPostProcessor reliableSendPostProcessor(ObjectProvider<Outbox> outbox) {
            return new ReliableSendPostProcessor(outbox::getObject);
        }
    }

    interface Api {
        Object exposed();
    }

    static class Private {
        @ReliableSend(topic = "t")
        private Object send() {
            return "";
        }
    }

    static class Static {
        @ReliableSend(topic = "t")
        public static Object send() {
            return "";
        }
    }

    static class FinalMethod {
        @ReliableSend(topic = "t")
        public final Object send() {
            return "";
        }
    }

    static final class FinalClass {
        @ReliableSend(topic = "t")
        public Object send() {
            return "";
        }
    }

    static class NotInTheInterface implements Api {
        @Override
        public Object exposed() {
            return "";
        }

        @ReliableSend(topic = "t")
        public Object send() {
            return "";
        }
    }

    static class ReturnsFuture {
        @ReliableSend(topic = "t")
        public Future<String> send() {
            return null;
        }
    }

    static class ReturnsStage {
        @ReliableSend(topic = "t")
        public CompletableFuture<String> send() {
            return null;
        }
    }

    static class ReturnsPublisher {
        @ReliableSend(topic = "t")
        public Flow.Publisher<String> send() {
            return null;
        }
    }

    static class NothingToSend {
        @ReliableSend(topic = "t")
        public void send() {}
    }

    static class ResultOfVoid {
        @ReliableSend(topic = "t", payload = "#result")
        public void send() {}
    }

    static class UnknownPlaceholder {
        @ReliableSend(topic = "${no.such.topic}")
        public Object send() {
            return "";
        }
    }

    static class EmptyTopic {
        @ReliableSend(topic = "${no.such.topic:}")
        public Object send() {
            return "";
        }
    }

    static class TwoTags {
        @ReliableSend(topic = "t:a", tag = "b")
        public Object send() {
            return "";
        }
    }

    static class NoExpression {
        @ReliableSend(topic = "t", key = "#result.")
        public Object send() {
            return "";
        }
    }

    static class UnknownVariable {
        @ReliableSend(topic = "t", key = "#costumer")
        public Object send(String customer) {
            return customer;
        }
    }

    static class UnknownVariableInText {
        @ReliableSend(topic = "t-#{#costumer}-x")
        public Object send(String customer) {
            return customer;
        }
    }

    static class TypeReference {
        @ReliableSend(topic = "t", key = "T(java.util.UUID).randomUUID()")
        public Object send() {
            return "";
        }
    }

    static class NoDuration {
        @ReliableSend(topic = "t", delay = "soon")
        public Object send() {
            return "";
        }
    }

    static class OrderAndDelay {
        @ReliableSend(topic = "t", delay = "1s", orderedBy = "#p0")
        public Object send(String p) {
            return p;
        }
    }

    static class OrderPastTheOutbox {
        @ReliableSend(topic = "t", orderedBy = "#p0", mode = SendMode.DIRECT)
        public Object send(String p) {
            return p;
        }
    }

    static class HeaderWithoutName {
        @ReliableSend(topic = "t", headers = "#p0")
        public Object send(String p) {
            return p;
        }
    }

    private static void refuses(Class<?> bean, String why) {
        Throwable cause = start(bean);
        assertThat(cause)
                .isInstanceOf(OutboxConfigurationException.class)
                .hasMessageContaining(bean.getName() + "#send(")
                .hasMessageContaining(why);
    }

    private static Throwable start(Class<?>... beans) {
        try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
            context.register(Infrastructure.class);
            context.register(beans);
            Throwable failure = catchThrowable(context::refresh);
            while (failure != null
                    && !(failure instanceof OutboxConfigurationException)
                    && failure.getCause() != null) {
                failure = failure.getCause();
            }
            return failure;
        }
    }

    @Test
    void refusesMethodsThatNoProxyIntercepts() {
        refuses(Private.class, "is private");
        refuses(Static.class, "is static");
        refuses(FinalMethod.class, "final method");
        refuses(FinalClass.class, "cannot be subclassed");
        refuses(NotInTheInterface.class, "has interfaces only");
    }

    @Test
    void refusesResultsThatComeLater() {
        refuses(ReturnsFuture.class, "returns Future");
        refuses(ReturnsStage.class, "returns CompletableFuture");
        refuses(ReturnsPublisher.class, "returns Flow.Publisher");
    }

    @Test
    void refusesWhatHasNothingToSend() {
        refuses(NothingToSend.class, "has nothing to send");
        refuses(ResultOfVoid.class, "unknown variable #result");
    }

    @Test
    void refusesMistakesInTheText() {
        refuses(UnknownPlaceholder.class, "no.such.topic");
        refuses(EmptyTopic.class, "empty topic");
        refuses(TwoTags.class, "two tags");
        refuses(NoExpression.class, "no SpEL expression");
        refuses(UnknownVariable.class, "unknown variable #costumer");
        refuses(UnknownVariableInText.class, "unknown variable #costumer");
        refuses(TypeReference.class, "types, constructors and beans are not available");
        refuses(NoDuration.class, "is no duration");
        refuses(OrderAndDelay.class, "both orderedBy and a delay");
        refuses(OrderPastTheOutbox.class, "both orderedBy and mode DIRECT");
        refuses(HeaderWithoutName.class, "Write it as name=expression");
    }

    static class Orders {
        @Transactional
        @ReliableSend(topic = "t")
        public Object send() {
            return "";
        }
    }

    @Configuration
    @EnableTransactionManagement
    static class Transactions {

        @Bean
        OutboxFixture fixture() {
            return new OutboxFixture();
        }

        @Bean
        DataSourceTransactionManager transactionManager(OutboxFixture fixture) {
            return OutboxFixture.listening(new DataSourceTransactionManager(fixture.dataSource));
        }

        @Bean
        Outbox outbox(OutboxFixture fixture) {
            return fixture.outbox;
        }
    }

    @Test
    void putsItsAdviceInsideTheTransactionAdvice() {
        try (AnnotationConfigApplicationContext context =
                new AnnotationConfigApplicationContext(Infrastructure.class, Transactions.class, Orders.class)) {
            Advised proxy = (Advised) context.getBean(Orders.class);
            assertThat(proxy.getAdvisors()).hasSize(2);
            assertThat(proxy.getAdvisors()[1]).isInstanceOf(ReliableSendAdvisor.class);
            context.getBean(Orders.class).send();
            assertThat(context.getBean(OutboxFixture.class).written()).hasSize(1);
        }
    }

    private static TransactionInterceptor transactionAdvice() {
        return new TransactionInterceptor(
                (org.springframework.transaction.TransactionManager) null, new AnnotationTransactionAttributeSource());
    }

    /** Proxies the bean before ours, opaquely or so that ours would come around it. */
    static class ProxiesTwice implements BeanPostProcessor, Ordered {
        @Override
        public int getOrder() {
            return 0;
        }

        @Override
        public Object postProcessAfterInitialization(Object bean, String beanName) {
            if (!(bean instanceof Orders)) {
                return bean;
            }
            ProxyFactory inner = new ProxyFactory(bean);
            inner.addAdvice(transactionAdvice());
            return new ProxyFactory(inner.getProxy()) {
                {
                    setProxyTargetClass(true);
                }
            }.getProxy();
        }
    }

    static class Logs extends Orders {
        @Override
        @Transactional
        @ReliableSend(topic = "t", mode = SendMode.DIRECT)
        public Object send() {
            return "";
        }
    }

    @Test
    void doesNotMindWhereTheTransactionAdviceIsForWhatGoesPastTheOutbox() {
        assertThat(start(Logs.class, ProxiesTwice.class)).isNull();
    }

    static class ProxiesFrozen extends ProxiesTwice {
        @Override
        public Object postProcessAfterInitialization(Object bean, String beanName) {
            if (!(bean instanceof Orders)) {
                return bean;
            }
            ProxyFactory factory = new ProxyFactory(bean);
            factory.addAdvice(transactionAdvice());
            factory.setFrozen(true);
            return factory.getProxy();
        }
    }

    /** Adds transaction advice when everybody else is done. */
    static class AddsAdviceLate implements SmartInitializingSingleton {
        AddsAdviceLate(Orders orders) {
            ((Advised) orders).addAdvice(transactionAdvice());
        }

        @Override
        public void afterSingletonsInstantiated() {}
    }

    @ParameterizedTest
    @ValueSource(classes = {ProxiesTwice.class, AddsAdviceLate.class})
    void refusesTransactionAdviceInsideItsOwn(Class<?> mistake) {
        assertThat(start(Orders.class, mistake))
                .isInstanceOf(OutboxConfigurationException.class)
                .hasMessageContaining("bean 'reliableSendStartupTests.Orders'")
                .hasMessageContaining("has transaction advice inside");
    }

    @Test
    void refusesAProxyThatTakesNoAdvice() {
        assertThat(start(Orders.class, ProxiesFrozen.class)).isInstanceOf(OutboxConfigurationException.class);
    }

    interface Repository {
        @ReliableSend(topic = "t")
        Object send();
    }

    @Configuration
    static class Repositories {
        @Bean
        Repository repository() {
            ProxyFactory factory = new ProxyFactory(new Object());
            factory.setInterfaces(Repository.class);
            factory.addAdvice((MethodInterceptor) invocation -> "answered");
            return (Repository) factory.getProxy();
        }
    }

    @Test
    void refusesARepositoryWhoseProxyNeverReachesATarget() {
        assertThat(start(Repositories.class))
                .isInstanceOf(OutboxConfigurationException.class)
                .hasMessageContaining("Repository#send()")
                .hasMessageContaining("bean 'repository' is a proxy without a target");
    }

    @Configuration
    static class Mappers {
        @Bean
        Repository mapper() {
            return (Repository) Proxy.newProxyInstance(
                    Repository.class.getClassLoader(),
                    new Class<?>[] {Repository.class},
                    (p, m, a) -> m.getDeclaringClass() == Object.class ? (Object) 1 : "mapped");
        }
    }

    @Test
    void sendsFromAnInterfaceThatIsImplementedByAPlainProxy() {
        try (AnnotationConfigApplicationContext context =
                new AnnotationConfigApplicationContext(Infrastructure.class, Transactions.class, Mappers.class)) {
            OutboxFixture fixture = context.getBean(OutboxFixture.class);
            fixture.transaction().executeWithoutResult(status -> context.getBean(Repository.class)
                    .send());
            assertThat(fixture.written()).containsExactly("mapped");
        }
    }

    @Test
    void leavesOtherBeansAlone() {
        assertThatCode(() -> {
                    try (AnnotationConfigApplicationContext context =
                            new AnnotationConfigApplicationContext(Infrastructure.class, Plain.class)) {
                        assertThat(context.getBean(Plain.class).getClass()).isEqualTo(Plain.class);
                    }
                })
                .doesNotThrowAnyException();
    }

    static class Plain {
        public List<String> none() {
            return List.of(NestedExceptionUtils.class.getName());
        }
    }
}
