package io.reliablemq.autoconfigure;

/**
 * Where the embedded broker is, and what it is.
 *
 * @param replicas copies of each message that it was asked to keep
 */
record EmbeddedConnectionDetails(String endpoints, String nameServer, int replicas)
        implements RocketMqConnectionDetails {}
