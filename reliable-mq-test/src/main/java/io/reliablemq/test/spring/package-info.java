/** The broker in Spring's tests, waiting until everything is done, and assertions on the outbox. */
@NullMarked
package io.reliablemq.test.spring;

import org.jspecify.annotations.NullMarked;
