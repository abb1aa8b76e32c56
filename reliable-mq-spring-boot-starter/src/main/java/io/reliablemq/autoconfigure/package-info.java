/** Wires the parts of Reliable MQ into a Spring Boot application; contains no mechanism of its own. */
@NullMarked
package io.reliablemq.autoconfigure;

import org.jspecify.annotations.NullMarked;
