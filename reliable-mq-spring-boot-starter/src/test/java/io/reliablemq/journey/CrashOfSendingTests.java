package io.reliablemq.journey;

class CrashOfSendingTests extends CrashContract {

    CrashOfSendingTests() {
        super(CrashPoint.Part.SENDING);
    }
}
