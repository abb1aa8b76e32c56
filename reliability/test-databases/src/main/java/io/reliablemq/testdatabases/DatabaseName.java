package io.reliablemq.testdatabases;

import java.util.UUID;

/** Names that differ between JVMs as well, because a MySQL server is shared by all of them. */
final class DatabaseName {

    private DatabaseName() {}

    static String next() {
        return "rmq_" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);
    }
}
