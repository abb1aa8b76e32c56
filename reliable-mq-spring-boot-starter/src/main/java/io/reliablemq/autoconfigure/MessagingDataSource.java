package io.reliablemq.autoconfigure;

import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.ResourceTransactionManager;

/**
 * The {@code DataSource} that holds outbox and inbox.
 *
 * @param named by {@link ReliableMqDataSource}, and so perhaps not the primary one
 */
record MessagingDataSource(DataSource value, boolean named) {

    /** @param marked the one with {@link ReliableMqDataSource}, if any */
    PlatformTransactionManager transactionManager(
            ObjectProvider<PlatformTransactionManager> all, @Nullable PlatformTransactionManager marked) {
        PlatformTransactionManager unique = all.getIfUnique();
        if (marked != null) {
            return marked;
        }
        if (unique != null && !named) {
            return unique;
        }
        return all.stream()
                .filter(this::belongs)
                .findFirst()
                .or(() -> Optional.ofNullable(unique))
                .orElseThrow(() -> new ReliableMqConfigurationException(
                        "There are several transaction managers, or none, and listeners need the one of the DataSource that"
                                + " holds the inbox.",
                        "Declare one for that DataSource and annotate it @ReliableMqDataSource."));
    }

    private boolean belongs(PlatformTransactionManager manager) {
        return manager instanceof ResourceTransactionManager resources && resources.getResourceFactory() == value;
    }
}
