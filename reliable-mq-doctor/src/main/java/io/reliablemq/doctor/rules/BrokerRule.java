package io.reliablemq.doctor.rules;

import io.reliablemq.doctor.Finding;
import io.reliablemq.doctor.facts.ApplicationFacts;
import io.reliablemq.doctor.facts.BrokerFacts;
import io.reliablemq.doctor.facts.BrokerFacts.State;
import java.util.Optional;

/** Judges one broker that has answered. */
interface BrokerRule {

    /** Empty when the rule is not about such a broker. */
    Optional<Finding> judge(ApplicationFacts application, BrokerFacts broker, State state);
}
