/** The producer. */
@NullMarked
package io.reliablemq.samples.shop;

import org.jspecify.annotations.NullMarked;
