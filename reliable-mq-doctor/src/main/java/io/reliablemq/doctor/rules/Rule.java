package io.reliablemq.doctor.rules;

import io.reliablemq.doctor.Finding;
import io.reliablemq.doctor.Finding.Nature;
import io.reliablemq.doctor.Finding.Status;
import io.reliablemq.doctor.facts.Answer;

/** The name of a rule, and what its findings have in common. */
record Rule(String name, Nature nature) {

    static Rule ofSetting(String name) {
        return new Rule(name, Nature.SETTING);
    }

    static Rule ofState(String name) {
        return new Rule(name, Nature.STATE);
    }

    Finding ok(String subject, String reason) {
        return finding(subject, Status.OK, reason, "");
    }

    Finding warn(String subject, String reason, String remedy) {
        return finding(subject, Status.WARN, reason, remedy);
    }

    Finding fail(String subject, String reason, String remedy) {
        return finding(subject, Status.FAIL, reason, remedy);
    }

    Finding unknown(String subject, Answer.Unknown<?> answer) {
        return finding(subject, Status.UNKNOWN, answer.why(), answer.remedy());
    }

    Finding unknown(String subject, String reason, String remedy) {
        return finding(subject, Status.UNKNOWN, reason, remedy);
    }

    Finding finding(String subject, Status status, String reason, String remedy) {
        return new Finding(name, subject, status, nature, reason, remedy);
    }
}
