/** Serialises payloads with Jackson 3, which is an optional dependency that only this package needs. */
@NullMarked
package io.reliablemq.outbox.json;

import org.jspecify.annotations.NullMarked;
