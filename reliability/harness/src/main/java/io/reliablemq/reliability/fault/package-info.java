/** What is done to the system, and undone. */
@NullMarked
package io.reliablemq.reliability.fault;

import org.jspecify.annotations.NullMarked;
