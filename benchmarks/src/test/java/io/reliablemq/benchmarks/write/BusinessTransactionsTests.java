package io.reliablemq.benchmarks.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.reliablemq.benchmarks.database.BenchmarkDatabase;
import io.reliablemq.testdatabases.TestDatabase;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.CannotAcquireLockException;

class BusinessTransactionsTests {

    private static final Duration TIME = Duration.ofMillis(20);

    private final BenchmarkDatabase database = BenchmarkDatabase.create(TestDatabase.H2);
    private final BusinessTransactions business = new BusinessTransactions(database);

    @BeforeEach
    void createTable() {
        database.execute("CREATE TABLE message (number INT NOT NULL PRIMARY KEY)");
    }

    @AfterEach
    void close() {
        business.close();
        database.close();
    }

    @Test
    void countCommitsAndLeaveTheTablesEmpty() throws Exception {
        Slice measured = business.measure(writer(number -> business.transact(number, () -> insert(number))), 2, TIME);

        assertThat(measured.committed()).isPositive();
        assertThat(measured.rolledBack()).isZero();
        assertThat(measured.committedPerSecond()).isPositive();
        assertThat(database.isEmpty("message")).isTrue();
        assertThat(database.isEmpty("customer_order")).isTrue();
    }

    @Test
    void failWhenAMessageIsMissing() {
        Writer forgetful = writer(number -> business.transact(number, () -> {
            if (number > 0) {
                insert(number);
            }
        }));

        assertThatIllegalStateException()
                .isThrownBy(() -> business.measure(forgetful, 1, TIME))
                .withMessageContaining("message has");
    }

    @Test
    void failWhenAMessageIsCommittedWithoutItsOrder() {
        Writer careless = writer(number -> {
            insert(number);
            if (number > 0) {
                business.transact(number, () -> {});
            }
        });

        assertThatIllegalStateException()
                .isThrownBy(() -> business.measure(careless, 1, TIME))
                .withMessageContaining("customer_order has");
    }

    @Test
    void runTheVictimOfADeadlockAgainAndCountIt() throws Exception {
        Victim victim = new Victim();
        Writer writer = writer(number -> business.transact(number, () -> {
            insert(number);
            victim.oncePer(number);
        }));

        Slice measured = business.measure(writer, 1, TIME);

        assertThat(measured.rolledBack()).isPositive().isEqualTo(measured.committed());
    }

    /** Fails each transaction the first time. */
    private static final class Victim {

        private int last = -1;

        void oncePer(int number) {
            if (last != number) {
                last = number;
                throw new CannotAcquireLockException("victim of a deadlock");
            }
        }
    }

    private void insert(int number) {
        business.jdbc().update("INSERT INTO message VALUES (?)", number);
    }

    private static Writer writer(Writer.Transaction transaction) {
        return new Writer("test", "unordered", "message", transaction);
    }
}
