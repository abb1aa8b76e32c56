package io.reliablemq.reliability.system;

/** The client of RocketMQ that the application uses. */
public enum Client {
    GRPC,
    /** Finds the broker through its name server, and past the harness's proxy. */
    REMOTING
}
