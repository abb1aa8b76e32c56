package io.reliablemq.doctor.facts;

import java.util.Optional;

/**
 * One topic at one broker.
 *
 * @param type NORMAL, FIFO, DELAY or TRANSACTION; empty when the broker has no such topic
 */
public record TopicFacts(String topic, String broker, Answer<Optional<String>> type) {}
