package io.reliablemq.testdatabases;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * One database of a test. Safe for use by several threads. A child JVM that is given the four values can make its own
 * instance of the same database.
 *
 * @param vendor the kind of database
 * @param jdbcUrl where it is, without credentials
 * @param username a user who may do everything in it
 * @param password the password of that user
 */
public record Database(TestDatabase vendor, String jdbcUrl, String username, String password) implements AutoCloseable {

    private static final Map<String, Collection<HikariDataSource>> POOLS = new ConcurrentHashMap<>();

    /**
     * Opens a pool that fails fast (5 seconds) and keeps no idle connections that nobody asked for.
     *
     * @param maxPoolSize the largest number of connections
     * @return a new pool; the caller may close it, {@link #close()} closes it otherwise
     */
    public HikariDataSource dataSource(int maxPoolSize) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(vendor.tag());
        config.setJdbcUrl(jdbcUrl);
        config.setUsername(username);
        config.setPassword(password);
        config.setMaximumPoolSize(maxPoolSize);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(5_000);
        HikariDataSource pool = new HikariDataSource(config);
        POOLS.computeIfAbsent(jdbcUrl, url -> new ConcurrentLinkedQueue<>()).add(pool);
        return pool;
    }

    /** Closes every pool that was handed out for this database. The data stay until the server stops. */
    @Override
    public void close() {
        Collection<HikariDataSource> pools = POOLS.remove(jdbcUrl);
        if (pools != null) {
            pools.forEach(HikariDataSource::close);
        }
    }

    static void closeAllPools() {
        POOLS.values().forEach(pools -> pools.forEach(HikariDataSource::close));
        POOLS.clear();
    }
}
