package io.reliablemq.outbox.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** A connection inside a transaction that somebody else begins and ends. */
record Session(Connection connection, OutboxDialect dialect) {

    /** Fills a statement's parameters, from left to right. */
    @FunctionalInterface
    interface Binding {
        void bind(Parameters parameters) throws SQLException;
    }

    /** Reads one row, from left to right. */
    @FunctionalInterface
    interface Reading<T> {
        T read(Columns columns) throws SQLException;
    }

    <T> List<T> query(String sql, Binding binding, Reading<T> reading) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            binding.bind(new Parameters(statement, dialect));
            // not executeQuery: MySQL's driver refuses that for INSERT ... RETURNING
            statement.execute();
            try (ResultSet rows = statement.getResultSet()) {
                List<T> found = new ArrayList<>();
                while (rows.next()) {
                    found.add(reading.read(new Columns(rows, dialect)));
                }
                return found;
            }
        }
    }

    <T> Optional<T> one(String sql, Binding binding, Reading<T> reading) throws SQLException {
        return query(sql, binding, reading).stream().findFirst();
    }

    /** The same statement with each of the bindings, in one round trip where the driver can. */
    int update(String sql, List<Binding> bindings) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (Binding binding : bindings) {
                binding.bind(new Parameters(statement, dialect));
                statement.addBatch();
            }
            return IntStream.of(statement.executeBatch()).sum();
        }
    }

    int update(String sql, Binding binding) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            binding.bind(new Parameters(statement, dialect));
            return statement.executeUpdate();
        }
    }
}
