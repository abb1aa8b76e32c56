/** The embedded broker as a program of its own, shared by the applications of one machine. */
@NullMarked
package io.reliablemq.broker.embedded.standalone;

import org.jspecify.annotations.NullMarked;
