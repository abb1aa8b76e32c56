package io.reliablemq.samples.shop;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ResponseStatus;

/** The order was rolled back. */
@ResponseStatus(HttpStatus.CONFLICT)
final class TooManyException extends RuntimeException {

    TooManyException(Order order) {
        super("Order " + order.id() + " asks for " + order.quantity() + " pieces: order 10 at most");
    }
}
