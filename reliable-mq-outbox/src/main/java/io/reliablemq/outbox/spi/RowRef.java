package io.reliablemq.outbox.spi;

import java.util.UUID;

/**
 * Which outbox row: the primary key (lane, id) and the message id that proves that it is still that message.
 *
 * @param id assigned by the database when the row was inserted, just before its transaction committed
 */
public record RowRef(int lane, long id, UUID messageId) {}
