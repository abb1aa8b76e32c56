package io.reliablemq.journey;

class CrashOfWaitingTests extends CrashContract {

    CrashOfWaitingTests() {
        super(CrashPoint.Part.WAITING);
    }
}
