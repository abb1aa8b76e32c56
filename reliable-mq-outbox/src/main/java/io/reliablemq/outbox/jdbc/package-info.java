/** The outbox and its lanes in a relational database: H2, MySQL, MariaDB or PostgreSQL, over plain JDBC. */
@NullMarked
package io.reliablemq.outbox.jdbc;

import org.jspecify.annotations.NullMarked;
