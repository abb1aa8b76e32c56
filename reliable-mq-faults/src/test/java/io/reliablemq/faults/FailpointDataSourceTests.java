package io.reliablemq.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.TransactionTemplate;

class FailpointDataSourceTests {

    private static final String INSERT = "insert into reliable_mq_outbox (id) values (?)";

    private final Failpoints failpoints = new Failpoints();
    private final FailpointDataSource dataSource = new FailpointDataSource(
            new SimpleDriverDataSource(new org.h2.Driver(), "jdbc:h2:mem:" + hashCode() + ";DB_CLOSE_DELAY=-1"),
            failpoints);
    private final JdbcTemplate jdbc = new JdbcTemplate(dataSource);
    private final TransactionTemplate transaction =
            new TransactionTemplate(new DataSourceTransactionManager(dataSource));

    FailpointDataSourceTests() {
        jdbc.execute("create table reliable_mq_outbox (id bigint)");
    }

    /** This transaction manager ends a failed commit with a change to auto-commit, which commits. */
    @Test
    void aCommitThatFailsBeforeItIsMadeIsNotMadeLater() {
        failpoints.fail(Failpoint.BEFORE_OUTBOX_COMMIT, 1);

        assertThatThrownBy(this::insert).isInstanceOf(TransactionSystemException.class);

        assertThat(rows()).isZero();
        assertThat(failpoints.passed(Failpoint.AFTER_OUTBOX_COMMIT)).isZero();
    }

    @Test
    void aCommitWhoseAnswerIsLostIsMade() {
        failpoints.fail(Failpoint.AFTER_OUTBOX_COMMIT, 1);

        assertThatThrownBy(this::insert).isInstanceOf(TransactionSystemException.class);

        assertThat(rows()).isEqualTo(1);
    }

    @Test
    void whatIsRolledBackPassesNothing() {
        transaction.executeWithoutResult(status -> {
            jdbc.update(INSERT, 1);
            status.setRollbackOnly();
        });

        assertThat(failpoints.passed(Failpoint.BEFORE_OUTBOX_COMMIT)).isZero();
    }

    @Test
    void aStatementThatIsCommittedByItselfPassesBeforeAndAfter() {
        insert();

        failpoints.fail(Failpoint.BEFORE_SETTLE, 1);
        assertThatThrownBy(this::delete).hasRootCauseInstanceOf(FailpointException.class);
        assertThat(rows()).isEqualTo(1);
        failpoints.fail(Failpoint.AFTER_SETTLE, 1);
        assertThatThrownBy(this::delete).hasRootCauseInstanceOf(FailpointException.class);
        assertThat(rows()).isZero();
    }

    @Test
    void aStatementThatChangesNothingIsNoStep() {
        delete();

        assertThat(failpoints.passed(Failpoint.AFTER_SETTLE)).isZero();
    }

    private void insert() {
        transaction.executeWithoutResult(status -> jdbc.update(INSERT, 1));
    }

    private void delete() {
        jdbc.update("delete from reliable_mq_outbox where id = ?", 1);
    }

    private int rows() {
        Integer rows = jdbc.queryForObject("select count(*) from reliable_mq_outbox", Integer.class);
        return rows == null ? 0 : rows;
    }
}
