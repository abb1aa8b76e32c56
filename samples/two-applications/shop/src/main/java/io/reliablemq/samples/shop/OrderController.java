package io.reliablemq.samples.shop;

import java.util.List;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Orders over HTTP. */
@RestController
class OrderController {

    private final Orders orders;

    OrderController(Orders orders) {
        this.orders = orders;
    }

    /** 201 for a new order, 200 for one that was placed before under this id, 409 and no order for more than 10 pieces. */
    @PostMapping("/orders")
    ResponseEntity<Order> place(@RequestBody Order order) {
        try {
            return ResponseEntity.status(HttpStatus.CREATED).body(orders.place(order));
        } catch (DuplicateKeyException e) {
            return ResponseEntity.ok(order);
        }
    }

    @GetMapping("/orders")
    List<String> ids() {
        return orders.ids();
    }
}
