/** For tests of applications: what goes wrong at a step of a message's way, and when. Nothing of it is for production. */
@NullMarked
package io.reliablemq.faults;

import org.jspecify.annotations.NullMarked;
