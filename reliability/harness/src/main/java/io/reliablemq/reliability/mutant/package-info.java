/** The application under test, broken on purpose, so that the harness can show that it notices. */
@NullMarked
package io.reliablemq.reliability.mutant;

import org.jspecify.annotations.NullMarked;
