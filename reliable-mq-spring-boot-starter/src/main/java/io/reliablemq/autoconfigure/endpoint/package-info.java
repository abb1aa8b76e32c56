/** The actuator endpoint {@code reliablemq}: what operators see and do over HTTP. */
@NullMarked
package io.reliablemq.autoconfigure.endpoint;

import org.jspecify.annotations.NullMarked;
