package io.reliablemq.autoconfigure.endpoint;

/** One part of the endpoint. What it answers becomes JSON; payloads and values of headers are never in it. */
interface Section {

    /** GET on the section. */
    Object list(Given given);

    /** GET on one thing in it. */
    default Object item(String id, Given given) {
        throw Problem.notFound("This section has nothing under '" + Given.shown(id) + "': ask for the section itself");
    }

    /** POST of an operation. */
    default Object act(String operation, Given given) {
        throw Problem.notFound(
                "This section has no operation '" + Given.shown(operation) + "': it can only be looked at");
    }
}
