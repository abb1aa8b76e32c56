package io.reliablemq.doctor.rules;

import io.reliablemq.doctor.Finding;
import io.reliablemq.doctor.Finding.Status;
import io.reliablemq.doctor.facts.ApplicationFacts;
import io.reliablemq.doctor.facts.BrokerFacts;
import io.reliablemq.doctor.facts.BrokerFacts.State;
import java.util.Optional;

/**
 * A setting of the broker that has one right value.
 *
 * @param otherwise what it is when the value is another one
 * @param danger what then happens
 */
record BrokerSettingRule(String name, String setting, String right, Status otherwise, String danger)
        implements BrokerRule {

    @Override
    public Optional<Finding> judge(ApplicationFacts application, BrokerFacts broker, State state) {
        Rule rule = Rule.ofSetting(name);
        String value = state.setting(setting);
        if (value.equals(right)) {
            return Optional.of(rule.ok(broker.subject(), setting + "=" + value));
        }
        if (value.isEmpty()) {
            return Optional.of(rule.unknown(
                    broker.subject(),
                    "the broker does not say what its " + setting + " is",
                    "Look whether its version knows the setting"));
        }
        return Optional.of(rule.finding(
                broker.subject(),
                otherwise,
                setting + "=" + value + ": " + danger,
                "Set " + setting + "=" + right + " in the configuration of the broker"));
    }
}
