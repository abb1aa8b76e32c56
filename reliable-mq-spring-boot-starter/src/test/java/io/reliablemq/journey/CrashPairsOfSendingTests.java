package io.reliablemq.journey;

class CrashPairsOfSendingTests extends CrashPairsContract {

    CrashPairsOfSendingTests() {
        super(CrashPoint.Part.SENDING);
    }
}
