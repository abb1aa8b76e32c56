package io.reliablemq.samples.orders;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Orders over HTTP. */
@RestController
class OrderController {

    private final Checkout checkout;
    private final Orders orders;

    OrderController(Checkout checkout, Orders orders) {
        this.checkout = checkout;
        this.orders = orders;
    }

    /** 201 for a new order, 200 for one that was placed before under this id, 402 and no order with {@code fail=true}. */
    @PostMapping("/orders")
    ResponseEntity<Order> place(@RequestBody Order order, @RequestParam(defaultValue = "false") boolean fail) {
        try {
            return ResponseEntity.status(HttpStatus.CREATED).body(checkout.checkOut(order, fail));
        } catch (DuplicateKeyException e) {
            return find(order.id()); // the client asks again: the answer to its first request was lost
        }
    }

    @GetMapping("/orders/{id}")
    ResponseEntity<Order> find(@PathVariable String id) {
        return ResponseEntity.of(orders.find(id));
    }
}
