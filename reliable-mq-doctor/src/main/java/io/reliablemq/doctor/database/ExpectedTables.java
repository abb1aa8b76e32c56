package io.reliablemq.doctor.database;

import java.util.Map;
import java.util.Set;

/**
 * The tables that have to be there.
 *
 * @param indexes names of indexes by table, besides the primary key; in lower case
 */
public record ExpectedTables(Map<String, Set<String>> indexes) {}
