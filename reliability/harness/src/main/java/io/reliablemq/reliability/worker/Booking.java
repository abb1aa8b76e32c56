package io.reliablemq.reliability.worker;

/**
 * What is sent.
 *
 * @param id of the transaction
 * @param account the ordering key
 * @param seq counts the transactions of the account
 * @param pauseMs for which the handlers that may take long do so
 * @param padding makes messages of many sizes
 */
public record Booking(String id, String account, long seq, long pauseMs, String padding) {}
