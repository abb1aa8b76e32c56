/** What was seen, without a judgement. */
@NullMarked
package io.reliablemq.doctor.facts;

import org.jspecify.annotations.NullMarked;
