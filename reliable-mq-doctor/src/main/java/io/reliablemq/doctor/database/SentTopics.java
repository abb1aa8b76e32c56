package io.reliablemq.doctor.database;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Set;
import javax.sql.DataSource;

/**
 * The topics to which this application's relays have sent before, as read last: who asks brokers does not wait for a database that is away. <b>Thread</b>:
 * any.
 */
public final class SentTopics {

    private final DataSource dataSource;
    private volatile Set<String> latest = Set.of();

    /** Reads nothing yet. */
    public SentTopics(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** None before they were read. */
    public Set<String> latest() {
        return latest;
    }

    /** Leaves them as they were while they cannot be read, which is a finding of the database. */
    public void read() {
        Set<String> topics = new HashSet<>();
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT topic FROM reliable_mq_outbox_topic")) {
            while (rows.next()) {
                topics.add(rows.getString(1));
            }
            if (!connection.getAutoCommit()) {
                connection.rollback();
            }
            latest = Set.copyOf(topics);
        } catch (SQLException e) {
            // the database's own finding says so
        }
    }
}
