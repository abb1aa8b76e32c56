package io.reliablemq.reliability.worker;

import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Writes what is nice to have. Now and then the database refuses it, and the caller goes on, as business code does: PostgreSQL has given
 * the whole transaction up by then.
 */
@Component
class Notes {

    private static final Logger log = LoggerFactory.getLogger(Notes.class);
    private static final int REFUSED_PERCENT = 2;

    private final JdbcClient jdbc;

    Notes(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void take() {
        if (ThreadLocalRandom.current().nextInt(100) >= REFUSED_PERCENT) {
            return;
        }
        try {
            jdbc.sql("insert into effect (listener) values (null)").update();
        } catch (DataAccessException e) {
            log.debug("There is no note of it", e);
        }
    }
}
