package io.reliablemq.reliability.system;

import io.reliablemq.testdatabases.TestDatabase;
import java.util.ArrayList;
import java.util.List;

/** The workload's own tables and the application's user. */
final class Tables {

    private final boolean postgresql;
    private final String user;
    private final String database;
    /** Compares byte by byte: ids may differ in case alone. */
    private final String id;

    Tables(TestDatabase vendor, String user, String database) {
        if (vendor == TestDatabase.H2) {
            throw new IllegalArgumentException("H2 is no server that can be killed: use postgresql, mariadb or mysql");
        }
        this.postgresql = vendor == TestDatabase.POSTGRESQL;
        this.user = user;
        this.database = database;
        this.id = "varchar(64)" + (postgresql ? "" : " character set utf8mb4 collate utf8mb4_bin");
    }

    List<String> statements(int keys) {
        List<String> statements = new ArrayList<>(List.of(
                "create table account (name varchar(32) primary key, seq bigint not null)",
                "create table ledger (id " + id + " primary key, account varchar(32) not null, seq bigint not null,"
                        + " content varchar(16) not null, written_at bigint not null)",
                "create table effect (position "
                        + (postgresql ? "bigint generated always as identity" : "bigint auto_increment")
                        + " primary key, listener varchar(32) not null, id " + id + " not null,"
                        + " account varchar(32) not null, seq bigint not null, content varchar(16) not null, worker varchar(64) not null,"
                        + " row_seen boolean not null, written_at bigint not null)",
                "create index effect_message on effect (id, listener)"));
        for (int key = 0; key < keys; key++) {
            statements.add("insert into account values ('k" + key + "', 0)");
        }
        statements.addAll(postgresql ? postgresqlUser() : mysqlUser());
        return statements;
    }

    private List<String> postgresqlUser() {
        return List.of(
                "do $$ begin create user " + user + " password '" + user
                        + "'; exception when duplicate_object then null; end $$",
                "grant all on schema public to " + user,
                "grant all on all tables in schema public to " + user,
                "grant all on all sequences in schema public to " + user);
    }

    private List<String> mysqlUser() {
        return List.of(
                "create user if not exists '" + user + "'@'%' identified by '" + user + "'",
                "grant all on " + database + ".* to '" + user + "'@'%'");
    }
}
