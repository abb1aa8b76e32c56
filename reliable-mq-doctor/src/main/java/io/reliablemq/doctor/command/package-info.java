/** The doctor from the command line. */
@NullMarked
package io.reliablemq.doctor.command;

import org.jspecify.annotations.NullMarked;
