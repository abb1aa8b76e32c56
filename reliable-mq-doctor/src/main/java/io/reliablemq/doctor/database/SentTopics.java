package io.reliablemq.doctor.database;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.TreeSet;
import javax.sql.DataSource;

/** The topics to which this application's relays have sent before. */
public record SentTopics(DataSource dataSource) {

    /** None while the database is away, which is a finding of its own. */
    public Set<String> read() {
        Set<String> topics = new TreeSet<>();
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT topic FROM reliable_mq_outbox_topic")) {
            while (rows.next()) {
                topics.add(rows.getString(1));
            }
            if (!connection.getAutoCommit()) {
                connection.rollback();
            }
            return topics;
        } catch (SQLException e) {
            return Set.of();
        }
    }
}
