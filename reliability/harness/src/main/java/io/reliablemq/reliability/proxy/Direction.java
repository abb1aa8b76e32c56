package io.reliablemq.reliability.proxy;

/** Of what passes through a proxy. */
public enum Direction {
    TO_SERVER,
    TO_CLIENT
}
