package io.reliablemq.samples.orders;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ResponseStatus;

/** The order was rolled back. */
@ResponseStatus(HttpStatus.PAYMENT_REQUIRED)
final class PaymentDeclinedException extends RuntimeException {

    PaymentDeclinedException(String orderId) {
        super("The payment of order " + orderId + " was declined: nothing was ordered");
    }
}
