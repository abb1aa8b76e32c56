package io.reliablemq.broker.embedded.server;

import java.util.Map;

/** A consumer group as declared by the application. */
record GroupSpec(String name, boolean fifo, int retryMaxTimes) {

    static GroupSpec from(Map<String, Object> arguments) {
        return new GroupSpec(
                Arguments.get(arguments, "name", String.class),
                Arguments.get(arguments, "fifo", Boolean.class),
                Arguments.get(arguments, "retryMaxTimes", Integer.class));
    }
}
