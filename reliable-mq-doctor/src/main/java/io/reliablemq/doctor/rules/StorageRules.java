package io.reliablemq.doctor.rules;

import io.reliablemq.doctor.Finding;
import io.reliablemq.doctor.Finding.Status;
import io.reliablemq.doctor.facts.ApplicationFacts;
import io.reliablemq.doctor.facts.BrokerFacts;
import io.reliablemq.doctor.facts.BrokerFacts.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether what a broker has acknowledged is on its disk, and stays there. */
final class StorageRules {

    private static final int[] SOUND = {5, 4, 0};
    private static final String LOSES_CHECKPOINTS = "5.5.0";
    /** RocketMQ takes no higher value for these two, whatever is configured. */
    private static final int HIGHEST_REFUSING = 90;

    private static final int LEAST_RETENTION_HOURS = 72;

    private StorageRules() {}

    static List<BrokerRule> all() {
        List<BrokerRule> all = new ArrayList<>(ofOneSetting());
        all.add(StorageRules::transientStore);
        all.add(StorageRules::version);
        all.add(StorageRules::checkpoints);
        all.add(StorageRules::retention);
        all.add(StorageRules::cleaningHours);
        all.add(StorageRules::disk);
        return all;
    }

    private static List<BrokerRule> ofOneSetting() {
        return List.of(
                new BrokerSettingRule(
                        "flush-disk",
                        "flushDiskType",
                        "SYNC_FLUSH",
                        Status.FAIL,
                        "messages are acknowledged before they are on the disk, and a power cut loses them"),
                new BrokerSettingRule(
                        "forcible-clean",
                        "cleanFileForciblyEnable",
                        "false",
                        Status.FAIL,
                        "when the disk fills up, messages are deleted that nobody has consumed yet"),
                new BrokerSettingRule(
                        "warm-files",
                        "warmMapedFileEnable",
                        "true",
                        Status.WARN,
                        "a disk that is full when the broker dies can cost an acknowledged message"),
                new BrokerSettingRule(
                        "timer-retry",
                        "timerEnableRetryUntilSuccess",
                        "true",
                        Status.WARN,
                        "what comes due while the broker stores nothing (a full disk, a replica that is away) is thrown"
                                + " away after three tries: delayed messages, and the notes by which messages come again"),
                new BrokerSettingRule(
                        "auto-create-topic",
                        "autoCreateTopicEnable",
                        "false",
                        Status.WARN,
                        "a misspelt topic is created, and takes messages that nobody reads"),
                new BrokerSettingRule(
                        "auto-create-group",
                        "autoCreateSubscriptionGroup",
                        "false",
                        Status.WARN,
                        "a group that nobody created gives messages up after 16 retries"));
    }

    private static Optional<Finding> transientStore(ApplicationFacts application, BrokerFacts broker, State state) {
        Rule rule = Rule.ofSetting("transient-store");
        if (!state.isOn("transientStorePoolEnable")) {
            return Optional.of(rule.ok(broker.subject(), "transientStorePoolEnable=false"));
        }
        if (state.setting("flushDiskType").equals("SYNC_FLUSH")) {
            return Optional.of(
                    rule.ok(broker.subject(), "transientStorePoolEnable=true, and flushDiskType=SYNC_FLUSH waits"));
        }
        return Optional.of(rule.fail(
                broker.subject(),
                "transientStorePoolEnable=true without SYNC_FLUSH: messages are acknowledged from memory of the broker's"
                        + " process, and its end loses them",
                "Set transientStorePoolEnable=false and flushDiskType=SYNC_FLUSH in the configuration of the broker"));
    }

    private static Optional<Finding> version(ApplicationFacts application, BrokerFacts broker, State state) {
        Rule rule = Rule.ofSetting("broker-version");
        int[] version = Version.parse(state.version());
        if (version.length == 0) {
            return Optional.of(rule.unknown(
                    broker.subject(),
                    "its version '" + state.version() + "' is none that is known",
                    "Look at the broker"));
        }
        if (Version.isBefore(version, SOUND)) {
            return Optional.of(rule.fail(
                    broker.subject(),
                    "RocketMQ " + state.version()
                            + ": releases before 5.4 can acknowledge a message whose flush has failed",
                    "Upgrade the broker to 5.4 or later"));
        }
        return Optional.of(rule.ok(broker.subject(), "RocketMQ " + state.version()));
    }

    private static Optional<Finding> checkpoints(ApplicationFacts application, BrokerFacts broker, State state) {
        Rule rule = Rule.ofSetting("pop-checkpoints");
        boolean on = state.isOn("popConsumerKVServiceEnable");
        if (on && state.version().equals(LOSES_CHECKPOINTS)) {
            return Optional.of(rule.fail(
                    broker.subject(),
                    "popConsumerKVServiceEnable=true in 5.5.0 loses checkpoints: a message that was handed out may never"
                            + " come again",
                    "Set popConsumerKVServiceEnable=false in the configuration of the broker, or upgrade it to 5.5.1"));
        }
        return Optional.of(
                rule.ok(broker.subject(), "popConsumerKVServiceEnable=" + on + " in RocketMQ " + state.version()));
    }

    private static Optional<Finding> retention(ApplicationFacts application, BrokerFacts broker, State state) {
        Rule rule = Rule.ofSetting("retention");
        int hours = state.number("fileReservedTime", -1);
        if (hours < 0) {
            return Optional.of(rule.unknown(
                    broker.subject(),
                    "the broker does not say what its fileReservedTime is",
                    "Look at the configuration of the broker"));
        }
        if (hours < LEAST_RETENTION_HOURS) {
            return Optional.of(rule.warn(
                    broker.subject(),
                    "fileReservedTime=" + hours + ": what no listener has consumed after so many hours is deleted",
                    "Set fileReservedTime=72 or more in the configuration of the broker, so that listeners can be away for"
                            + " a weekend"));
        }
        return Optional.of(rule.ok(broker.subject(), "fileReservedTime=" + hours + " hours"));
    }

    private static Optional<Finding> cleaningHours(ApplicationFacts application, BrokerFacts broker, State state) {
        Rule rule = Rule.ofSetting("cleaning-hours");
        String when = state.setting("deleteWhen");
        if (CleaningHours.of(when).isEmpty()) {
            return Optional.of(rule.warn(
                    broker.subject(),
                    "deleteWhen='" + when + "' names no hour: old messages stay until the disk fills up, and how old a"
                            + " message can be when it comes has no bound",
                    "Set deleteWhen=04, or other hours with semicolons between, in the configuration of the broker"));
        }
        return Optional.of(rule.ok(broker.subject(), "deleteWhen=" + when));
    }

    private static Optional<Finding> disk(ApplicationFacts application, BrokerFacts broker, State state) {
        Rule rule = Rule.ofState("disk");
        if (state.diskUsed() < 0) {
            return Optional.of(rule.unknown(
                    broker.subject(), "the broker does not say how full its disk is", "Look at the broker's disk"));
        }
        long used = Math.round(state.diskUsed() * 100);
        int refusing = Math.min(state.number("diskSpaceWarningLevelRatio", HIGHEST_REFUSING), HIGHEST_REFUSING);
        int watermark = Math.min(state.number("diskMaxUsedSpaceRatio", 75), refusing - 5);
        String full = "its disk is " + used + " % full";
        if (used >= refusing) {
            return Optional.of(rule.fail(
                    broker.subject(), full + ", and it takes no messages from " + refusing + " % on", "Make room"));
        }
        if (used >= watermark) {
            return Optional.of(rule.warn(
                    broker.subject(),
                    full + ", above the watermark of " + watermark + " %; from " + refusing
                            + " % on it takes no messages",
                    "Make room, or shorten fileReservedTime"));
        }
        return Optional.of(rule.ok(broker.subject(), full));
    }
}
