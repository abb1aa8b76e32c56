package io.reliablemq.samples.orders;

import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Places an order and takes the payment for it, in one transaction. */
@Service
class Checkout {

    private final Orders orders;

    Checkout(Orders orders) {
        this.orders = orders;
    }

    /**
     * Nothing of a declined order remains: its row and its message, both written by then, are rolled back.
     *
     * @param declined whether the payment fails
     */
    @Transactional
    public Order checkOut(Order order, boolean declined) {
        Order placed = orders.place(order);
        if (declined) {
            throw new PaymentDeclinedException(order.id());
        }
        return placed;
    }
}
