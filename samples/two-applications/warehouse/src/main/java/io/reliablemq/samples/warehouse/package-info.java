/** The consumer. */
@NullMarked
package io.reliablemq.samples.warehouse;

import org.jspecify.annotations.NullMarked;
