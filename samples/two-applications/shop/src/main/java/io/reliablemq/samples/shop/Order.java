package io.reliablemq.samples.shop;

/**
 * An order, and the message that tells of it.
 *
 * @param id chosen by the customer, so that one without an answer can ask again with the same
 */
record Order(String id, String item, int quantity) {}
