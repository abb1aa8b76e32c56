/** Child JVMs and signals. */
@NullMarked
package io.reliablemq.faults.process;

import org.jspecify.annotations.NullMarked;
