package io.reliablemq.broker.embedded.server;

import java.util.Map;
import org.apache.rocketmq.store.config.MessageStoreConfig;

/** When files are deleted, and from when on no message is taken; in RocketMQ's units. */
record DiskSettings(int fileReservedHours, String deleteWhen, int maxUsedSpaceRatio, int warningLevelRatio) {

    static DiskSettings from(Map<String, String> arguments) {
        return new DiskSettings(
                Arguments.number(arguments, "fileReservedHours"),
                Arguments.text(arguments, "deleteWhen"),
                Arguments.number(arguments, "diskMaxUsedSpaceRatio"),
                Arguments.number(arguments, "diskSpaceWarningLevelRatio"));
    }

    void applyTo(MessageStoreConfig config) {
        config.setFileReservedTime(fileReservedHours);
        config.setDeleteWhen(deleteWhen);
        config.setDiskMaxUsedSpaceRatio(maxUsedSpaceRatio);
        config.setDiskSpaceWarningLevelRatio(warningLevelRatio);
        // else a disk filled by others costs unconsumed messages
        config.setCleanFileForciblyEnable(false);
    }
}
