package io.reliablemq.autoconfigure;

import java.util.Arrays;
import javax.sql.DataSource;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Decides once for outbox and listeners. Refuses to guess: an outbox that stayed away because nobody could tell where it belongs would
 * leave {@code @ReliableSend} without effect.
 */
@Configuration(proxyBeanMethods = false)
class MessagingDataSourceConfiguration {

    @Bean
    MessagingDataSource reliableMqDataSource(
            @ReliableMqDataSource ObjectProvider<DataSource> marked,
            ObjectProvider<DataSource> all,
            ListableBeanFactory beans) {
        DataSource named = marked.getIfAvailable();
        if (named != null) {
            return new MessagingDataSource(named, true);
        }
        DataSource only = all.getIfUnique();
        if (only == null) {
            throw new ReliableMqConfigurationException(
                    "There are several DataSource beans, "
                            + Arrays.toString(beans.getBeanNamesForType(DataSource.class))
                            + ", and none of them is said to hold outbox and inbox.",
                    "Annotate the one with the business data @ReliableMqDataSource (or @Primary), or set"
                            + " reliable-mq.outbox.enabled=false and reliable-mq.listener.enabled=false.");
        }
        return new MessagingDataSource(only, false);
    }
}
