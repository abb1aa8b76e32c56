/** The broker of a run, which takes orders. */
@NullMarked
package io.reliablemq.reliability.broker;

import org.jspecify.annotations.NullMarked;
