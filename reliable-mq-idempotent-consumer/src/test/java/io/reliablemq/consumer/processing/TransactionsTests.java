package io.reliablemq.consumer.processing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reliablemq.consumer.InboxSchema;
import io.reliablemq.consumer.spi.InboxContentionException;
import io.reliablemq.testdatabases.Database;
import io.reliablemq.testdatabases.DatabaseTest;
import io.reliablemq.testdatabases.TestDatabase;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.UnexpectedRollbackException;

/** What an operator asks for, while other transactions are in the way. */
@DatabaseTest(TestDatabase.H2)
class TransactionsTests {

    private final AtomicInteger attempts = new AtomicInteger();
    private JdbcTemplate jdbc;
    private DataSourceTransactionManager manager;
    private Transactions transactions;

    @BeforeEach
    void connect(Database database) {
        var pool = InboxSchema.migrate(database);
        jdbc = new JdbcTemplate(pool);
        jdbc.update("delete from effect");
        manager = new DataSourceTransactionManager(pool);
        transactions = new Transactions(manager);
    }

    @Test
    void isDoneOnceWhenTheOtherIsGone() {
        assertThat(transactions.insist(() -> write(3))).isEqualTo(3);
        assertThat(effects()).containsExactly("attempt 3");
    }

    @Test
    void isGivenUpWhenOneIsThereEachTime() {
        assertThatThrownBy(() -> transactions.insist(() -> write(Integer.MAX_VALUE)))
                .isInstanceOf(InboxContentionException.class);
        assertThat(attempts).hasValue(5);
        assertThat(effects()).isEmpty();
    }

    @Test
    void isNotRepeatedAfterAnyOtherFailure() {
        assertThatThrownBy(() -> transactions.insist(() -> {
                    attempts.incrementAndGet();
                    throw new IllegalStateException("as a test");
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(attempts).hasValue(1);
    }

    /** A mark on the status itself, which a transaction manager takes for a wish: it rolls back and says nothing. */
    @Test
    void doesNotTakeARollbackForACommit() {
        AtomicReference<TransactionStatus> own = new AtomicReference<>();
        manager.addListener(new TransactionExecutionListener() {
            @Override
            public void afterBegin(TransactionExecution transaction, @Nullable Throwable failure) {
                own.set((TransactionStatus) transaction);
            }
        });
        assertThatThrownBy(() -> transactions.execute(() -> {
                    own.get().setRollbackOnly();
                    return write(1);
                }))
                .isInstanceOf(HandlerFailure.class)
                .hasCauseInstanceOf(UnexpectedRollbackException.class);
        assertThat(effects()).isEmpty();
    }

    private int write(int free) {
        int attempt = attempts.incrementAndGet();
        jdbc.update("insert into effect values (?)", "attempt " + attempt);
        if (attempt < free) {
            throw new InboxContentionException("as a test", null);
        }
        return attempt;
    }

    private List<String> effects() {
        return jdbc.queryForList("select message from effect", String.class);
    }
}
