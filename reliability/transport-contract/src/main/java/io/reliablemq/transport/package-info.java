/** What an adapter must do so that the outbox and the idempotent consumer keep their promises on its broker. */
package io.reliablemq.transport;
