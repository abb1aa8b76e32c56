package io.reliablemq.broker.embedded.network;

/** Of what passes through a proxy. */
public enum Direction {
    TO_SERVER,
    TO_CLIENT
}
