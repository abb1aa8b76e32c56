/** The application under test, as a user would write it: a producer or a consumer, by its properties. */
@NullMarked
package io.reliablemq.reliability.worker;

import org.jspecify.annotations.NullMarked;
