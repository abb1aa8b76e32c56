/** Collects facts within a time limit and applies the rules. */
@NullMarked
package io.reliablemq.doctor.examination;

import org.jspecify.annotations.NullMarked;
