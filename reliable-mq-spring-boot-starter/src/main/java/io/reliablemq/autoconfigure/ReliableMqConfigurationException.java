package io.reliablemq.autoconfigure;

/** A mistake in the configuration, found at start-up. */
class ReliableMqConfigurationException extends RuntimeException {

    private final String action;

    ReliableMqConfigurationException(String description, String action) {
        super(description);
        this.action = action;
    }

    String action() {
        return action;
    }
}
