/** Real databases for the tests of this build, started on demand and without Docker. */
@NullMarked
package io.reliablemq.testdatabases;

import org.jspecify.annotations.NullMarked;
