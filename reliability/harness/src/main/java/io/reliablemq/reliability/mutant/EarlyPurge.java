package io.reliablemq.reliability.mutant;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

class EarlyPurge {

    private static final Logger log = LoggerFactory.getLogger(EarlyPurge.class);

    /** A tenth of the time after which a message without an acknowledgement comes again. */
    private static final long KEPT_MS = 1_000;

    @Bean(destroyMethod = "shutdownNow")
    @SuppressWarnings("FutureReturnValueIgnored") // it goes on until it is shut down
    ScheduledExecutorService purgeAfterASecond(JdbcClient jdbc) {
        ScheduledExecutorService purge = Executors.newSingleThreadScheduledExecutor();
        purge.scheduleWithFixedDelay(() -> purge(jdbc), 1, 1, TimeUnit.SECONDS);
        return purge;
    }

    /** By the clock of the process, which is the database's: they share a machine. */
    private static void purge(JdbcClient jdbc) {
        try {
            jdbc.sql("delete from reliable_mq_inbox where processed_at < ?")
                    .param(System.currentTimeMillis() - KEPT_MS)
                    .update();
        } catch (DataAccessException e) {
            log.debug("Not purged this time", e);
        }
    }
}
