package io.reliablemq.reliability.mutant;

import io.reliablemq.reliability.worker.Booking;
import io.reliablemq.reliability.worker.DatabaseTime;
import io.reliablemq.reliability.worker.Effects;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

class DedupOutsideTransaction {

    @Bean
    @Primary
    Effects effectsOutside(
            JdbcClient jdbc,
            DatabaseTime time,
            @Value("${worker.name}") String worker,
            PlatformTransactionManager transactionManager) {
        TransactionTemplate own = new TransactionTemplate(transactionManager);
        own.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        return new Effects(jdbc, time, worker) {
            @Override
            public void apply(String listener, Booking booking) {
                own.executeWithoutResult(status -> super.apply(listener, booking));
            }
        };
    }
}
