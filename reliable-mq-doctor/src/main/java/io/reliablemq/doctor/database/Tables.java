package io.reliablemq.doctor.database;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Which of the expected tables and indexes are missing. */
final class Tables {

    private final Connection connection;
    private final ExpectedTables expected;

    Tables(Connection connection, ExpectedTables expected) {
        this.connection = connection;
        this.expected = expected;
    }

    Set<String> missing() throws SQLException {
        Set<String> missing = new TreeSet<>();
        DatabaseMetaData metaData = connection.getMetaData();
        for (Map.Entry<String, Set<String>> table : expected.indexes().entrySet()) {
            String name =
                    metaData.storesUpperCaseIdentifiers() ? table.getKey().toUpperCase(Locale.ROOT) : table.getKey();
            if (!exists(metaData, name)) {
                missing.add("table " + table.getKey());
                continue;
            }
            Set<String> indexes = new HashSet<>(table.getValue());
            indexes.removeAll(indexes(metaData, name));
            indexes.forEach(index -> missing.add("index " + index));
        }
        return missing;
    }

    private boolean exists(DatabaseMetaData metaData, String table) throws SQLException {
        try (ResultSet found = metaData.getTables(
                connection.getCatalog(), connection.getSchema(), table, new String[] {"TABLE", "BASE TABLE"})) {
            return found.next();
        }
    }

    private Set<String> indexes(DatabaseMetaData metaData, String table) throws SQLException {
        Set<String> names = new HashSet<>();
        try (ResultSet rows =
                metaData.getIndexInfo(connection.getCatalog(), connection.getSchema(), table, false, true)) {
            while (rows.next()) {
                String name = rows.getString("INDEX_NAME");
                if (name != null) {
                    names.add(name.toLowerCase(Locale.ROOT));
                }
            }
        }
        return names;
    }
}
