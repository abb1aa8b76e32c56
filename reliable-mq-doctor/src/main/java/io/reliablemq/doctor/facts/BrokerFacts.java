package io.reliablemq.doctor.facts;

import java.util.List;
import java.util.Map;

/**
 * One broker process.
 *
 * @param id 0 for a master
 */
public record BrokerFacts(String name, long id, String address, Answer<State> state) {

    public boolean isMaster() {
        return id == 0;
    }

    /** For people: name, role and address. */
    public String subject() {
        return "broker %s (%s, %s)".formatted(name, isMaster() ? "master" : "replica " + id, address);
    }

    /**
     * What it says.
     *
     * @param settings its configuration, without what the rules do not read
     * @param version such as {@code 5.5.0}; empty when it does not say
     * @param diskUsed share of the disk that is used, or below zero when it does not say
     */
    public record State(Map<String, String> settings, String version, double diskUsed, Answer<List<Replica>> replicas) {

        /** The setting's value, or an empty string when the broker does not know it. */
        public String setting(String name) {
            return settings.getOrDefault(name, "");
        }

        public boolean isOn(String name) {
            return setting(name).equals("true");
        }

        /** The number, or what is given where it is none. */
        public int number(String name, int otherwise) {
            try {
                return Integer.parseInt(setting(name));
            } catch (NumberFormatException e) {
                return otherwise;
            }
        }
    }

    /**
     * A replica that is connected to its master.
     *
     * @param behind bytes of the log that it has not acknowledged
     */
    public record Replica(String address, long behind) {}
}
