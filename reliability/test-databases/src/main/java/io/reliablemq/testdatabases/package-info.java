/** Real databases for the tests of this build, started on demand and without Docker, and processes that die at their statements. */
@NullMarked
package io.reliablemq.testdatabases;

import org.jspecify.annotations.NullMarked;
