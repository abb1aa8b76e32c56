/** What business code uses: a listener whose effect is applied exactly once. */
@NullMarked
package io.reliablemq.consumer;

import org.jspecify.annotations.NullMarked;
