package io.reliablemq.autoconfigure.endpoint;

import java.util.Collection;

/** Why a request was not done, with the status of the answer. Its message names the thing, the value seen and the next action. */
final class Problem extends RuntimeException {

    static final int BAD_REQUEST = 400;
    static final int NOT_FOUND = 404;
    static final int CONFLICT = 409;
    static final int UNAVAILABLE = 503;

    private final int status;

    private Problem(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    int status() {
        return status;
    }

    static Problem badRequest(String message) {
        return new Problem(BAD_REQUEST, message);
    }

    static Problem notFound(String message) {
        return new Problem(NOT_FOUND, message);
    }

    static Problem conflict(String message) {
        return new Problem(CONFLICT, message);
    }

    static Problem unavailable(String message) {
        return new Problem(UNAVAILABLE, message);
    }

    static Problem unknown(String what, String seen, Collection<String> known) {
        return notFound("There is no " + what + " '" + seen + "': use one of " + known);
    }
}
