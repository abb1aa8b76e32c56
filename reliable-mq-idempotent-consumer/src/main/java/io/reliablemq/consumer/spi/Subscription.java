package io.reliablemq.consumer.spi;

/**
 * What a container wants to receive.
 *
 * @param filter a tag expression ({@code a || b}, {@code *} for all) or, with {@code sql}, an SQL-92 expression on headers
 * @param ordered the group is FIFO: messages of one ordering key come one after another
 */
public record Subscription(String topic, String group, String filter, boolean sql, boolean ordered) {}
