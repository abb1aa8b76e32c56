package io.reliablemq.journey;

import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The condition is not inherited. */
@EnabledIfSystemProperty(named = "reliable-mq.crash.pairs", matches = "true")
class CrashPairsOfReceivingTests extends CrashPairsContract {

    CrashPairsOfReceivingTests() {
        super(CrashPoint.Part.RECEIVING);
    }
}
