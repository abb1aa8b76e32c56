package io.reliablemq.journey;

class CrashPairsOfReceivingTests extends CrashPairsContract {

    CrashPairsOfReceivingTests() {
        super(CrashPoint.Part.RECEIVING);
    }
}
