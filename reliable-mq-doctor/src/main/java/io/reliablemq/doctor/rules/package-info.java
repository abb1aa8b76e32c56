/** Judges facts: each rule is a function of them alone. */
@NullMarked
package io.reliablemq.doctor.rules;

import org.jspecify.annotations.NullMarked;
