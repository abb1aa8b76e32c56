package io.reliablemq.journey;

class CrashOfReceivingTests extends CrashContract {

    CrashOfReceivingTests() {
        super(CrashPoint.Part.RECEIVING);
    }
}
