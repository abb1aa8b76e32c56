/** What business code uses: a message sent here exists if and only if the business transaction commits. */
@NullMarked
package io.reliablemq.outbox;

import org.jspecify.annotations.NullMarked;
