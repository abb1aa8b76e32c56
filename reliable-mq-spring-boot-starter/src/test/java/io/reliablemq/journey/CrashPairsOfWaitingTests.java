package io.reliablemq.journey;

class CrashPairsOfWaitingTests extends CrashPairsContract {

    CrashPairsOfWaitingTests() {
        super(CrashPoint.Part.WAITING);
    }
}
