package io.reliablemq.journey;

import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The condition is not inherited. */
@EnabledIfSystemProperty(named = "reliable-mq.crash.pairs", matches = "true")
class CrashPairsOfWaitingTests extends CrashPairsContract {

    CrashPairsOfWaitingTests() {
        super(CrashPoint.Part.WAITING);
    }
}
