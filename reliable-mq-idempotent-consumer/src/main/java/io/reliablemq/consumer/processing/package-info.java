/** What happens to one message: identity, one transaction, failures, dead letters. */
@NullMarked
package io.reliablemq.consumer.processing;

import org.jspecify.annotations.NullMarked;
