/** Asks a database over JDBC, read only. */
@NullMarked
package io.reliablemq.doctor.database;

import org.jspecify.annotations.NullMarked;
