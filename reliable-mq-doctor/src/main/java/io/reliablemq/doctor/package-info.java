/** Findings about what the promise needs, and who makes them. */
@NullMarked
package io.reliablemq.doctor;

import org.jspecify.annotations.NullMarked;
