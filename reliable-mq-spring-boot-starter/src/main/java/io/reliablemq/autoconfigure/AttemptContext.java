package io.reliablemq.autoconfigure;

import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;
import java.util.Map;

/** Of an attempt to send. A parent is read from a carrier by a receiver's context only, whatever the kind. */
final class AttemptContext extends ReceiverContext<Map<String, String>> {

    AttemptContext(Map<String, String> headers) {
        super((carrier, name) -> carrier.get(name), Kind.CLIENT);
        setCarrier(headers);
    }
}
