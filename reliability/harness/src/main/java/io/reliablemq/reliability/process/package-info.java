/** Child JVMs and signals. */
@NullMarked
package io.reliablemq.reliability.process;

import org.jspecify.annotations.NullMarked;
