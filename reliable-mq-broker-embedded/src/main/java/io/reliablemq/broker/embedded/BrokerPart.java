package io.reliablemq.broker.embedded;

/** A part of an embedded broker that can be taken away. */
public enum BrokerPart {
    /** The broker that takes messages now. */
    MASTER,
    /** A broker that holds copies, the first one if there are two. */
    REPLICA,
    /** The name server alone. It has no process of its own: it can be stopped and restarted, in every mode. */
    NAME_SERVER,
    /** Name server and gRPC proxy, which share a process; with three replicas also the controller. */
    NAME_SERVER_AND_PROXY
}
