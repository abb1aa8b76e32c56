package io.reliablemq.doctor.database;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

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
        List<String> schemas = schemas(metaData);
        for (Map.Entry<String, Set<String>> table : expected.indexes().entrySet()) {
            String name =
                    metaData.storesUpperCaseIdentifiers() ? table.getKey().toUpperCase(Locale.ROOT) : table.getKey();
            String schema = schemaOf(metaData, schemas, name);
            if (schema == null) {
                missing.add("table " + table.getKey());
                continue;
            }
            Set<String> indexes = new HashSet<>(table.getValue());
            indexes.removeAll(indexes(metaData, schema, name));
            indexes.forEach(index -> missing.add("index " + index));
        }
        return missing;
    }

    /** Where statements without a schema look, in their order; an empty name where there are no schemas. */
    private List<String> schemas(DatabaseMetaData metaData) throws SQLException {
        if (!metaData.getDatabaseProductName().equals("PostgreSQL")) {
            String schema = connection.getSchema();
            return List.of(schema == null ? "" : schema);
        }
        List<String> schemas = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT unnest(current_schemas(false))")) {
            while (rows.next()) {
                schemas.add(rows.getString(1));
            }
        }
        return schemas;
    }

    private @Nullable String schemaOf(DatabaseMetaData metaData, List<String> schemas, String table)
            throws SQLException {
        for (String schema : schemas) {
            try (ResultSet found = metaData.getTables(
                    connection.getCatalog(), orNull(schema), table, new String[] {"TABLE", "BASE TABLE"})) {
                if (found.next()) {
                    return schema;
                }
            }
        }
        return null;
    }

    private static @Nullable String orNull(String schema) {
        return schema.isEmpty() ? null : schema;
    }

    private Set<String> indexes(DatabaseMetaData metaData, String schema, String table) throws SQLException {
        Set<String> names = new HashSet<>();
        try (ResultSet rows = metaData.getIndexInfo(connection.getCatalog(), orNull(schema), table, false, true)) {
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
