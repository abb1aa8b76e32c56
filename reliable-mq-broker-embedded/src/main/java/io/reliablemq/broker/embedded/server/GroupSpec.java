package io.reliablemq.broker.embedded.server;

import java.util.Map;

/** A consumer group as declared by the application. */
record GroupSpec(String name, boolean fifo, int retryMaxTimes) {

    /** The proxy consumes a topic of its own with it. */
    static final GroupSpec OF_THE_PROXY = new GroupSpec("CID_DefaultHeartBeatSyncerTopic", false, 16);

    static GroupSpec from(Map<String, String> arguments) {
        return new GroupSpec(
                Arguments.text(arguments, "name"),
                Arguments.flag(arguments, "fifo"),
                Arguments.number(arguments, "retryMaxTimes"));
    }
}
