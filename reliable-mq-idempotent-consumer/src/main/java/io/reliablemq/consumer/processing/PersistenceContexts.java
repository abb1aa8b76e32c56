package io.reliablemq.consumer.processing;

import jakarta.persistence.EntityManager;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.ClassUtils;

/** What the entity managers of the current transaction remember. Where there is no JPA, nothing. */
final class PersistenceContexts {

    private static final boolean JPA = ClassUtils.isPresent(
            "org.springframework.orm.jpa.EntityManagerHolder", PersistenceContexts.class.getClassLoader());

    private PersistenceContexts() {}

    /**
     * Writes what one message has changed and forgets what it has read, so that the next one finds what is in the database, as it
     * would in a transaction of its own.
     *
     * @throws HandlerFailure when it cannot be written
     */
    static void flushAndClear() {
        if (JPA) {
            Jpa.flushAndClear();
        }
    }

    /** Loaded only where its types are. */
    private static final class Jpa {

        static void flushAndClear() {
            for (Object resource :
                    TransactionSynchronizationManager.getResourceMap().values()) {
                if (resource instanceof EntityManagerHolder holder) {
                    flushAndClear(holder.getEntityManager());
                }
            }
        }

        private static void flushAndClear(EntityManager entities) {
            try {
                if (entities.isJoinedToTransaction()) {
                    entities.flush();
                }
                entities.clear();
            } catch (RuntimeException e) {
                throw new HandlerFailure(e);
            }
        }
    }
}
