package io.reliablemq.broker.embedded;

/** Where the parts of an embedded broker run. */
public enum BrokerMode {
    /** All in this JVM, in a class loader of their own. */
    IN_PROCESS,
    /**
     * In child JVMs: each broker in one, the name server and the gRPC proxy (with three replicas also the controller) in
     * another. They end with this JVM, also when it is killed; one that dies is started again.
     */
    PROCESSES
}
