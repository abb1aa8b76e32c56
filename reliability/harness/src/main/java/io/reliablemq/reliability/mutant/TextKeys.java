package io.reliablemq.reliability.mutant;

import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.DependsOn;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The tables as one would write them at first, on a database that takes 'a' for 'A' unless told otherwise. */
class TextKeys {

    @Bean
    @DependsOn("reliableMqInboxSchema")
    @ConditionalOnProperty(name = "reliable-mq.outbox.relay.enabled", havingValue = "false")
    InitializingBean keysAsText(JdbcClient jdbc) {
        return () -> jdbc.sql("alter table reliable_mq_inbox modify message_key varchar(255)"
                        + " character set utf8mb4 collate utf8mb4_general_ci not null")
                .update();
    }
}
