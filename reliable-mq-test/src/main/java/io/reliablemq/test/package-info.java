/** A real broker for the tests of applications: one for a whole test JVM, with topics and groups apart for each test class. */
@NullMarked
package io.reliablemq.test;

import org.jspecify.annotations.NullMarked;
