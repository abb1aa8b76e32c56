package io.reliablemq.journey;

import io.reliablemq.outbox.spi.MessageSender;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.context.annotation.Bean;

/**
 * The shop in a JVM of its own that only relays. The broker's answers about {@link #SLOW_TOPIC} get through to it when a line comes
 * on its standard input, as if the network had kept them back. It ends with that stream. Not annotated, or the component scan of
 * every other shop would find it.
 */
class RelayOnlyShop {

    static final String SLOW_TOPIC = "no-such-topic";
    static final String KEPT_BACK = "Kept back: ";

    private static final CompletableFuture<Void> LINE = new CompletableFuture<>();

    public static void main(String[] arguments) throws IOException {
        SpringApplication.run(new Class<?>[] {ShopApplication.class, RelayOnlyShop.class}, arguments);
        while (System.in.read() >= 0) {
            LINE.complete(null);
        }
    }

    @Bean
    static BeanPostProcessor slowAnswers() {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String beanName) {
                return bean instanceof MessageSender sender ? slow(sender) : bean;
            }
        };
    }

    private static MessageSender slow(MessageSender sender) {
        return message -> message.topic().equals(SLOW_TOPIC)
                ? sender.send(message)
                        .whenComplete((outcome, error) -> System.out.println(KEPT_BACK + outcome))
                        .thenCombine(LINE, (outcome, line) -> outcome)
                : sender.send(message);
    }
}
