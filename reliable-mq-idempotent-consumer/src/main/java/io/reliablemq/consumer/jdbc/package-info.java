/** Dedup records, failure counts and dead letters in the application's own database. */
@NullMarked
package io.reliablemq.consumer.jdbc;

import org.jspecify.annotations.NullMarked;
