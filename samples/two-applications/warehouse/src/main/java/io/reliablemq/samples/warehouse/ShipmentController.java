package io.reliablemq.samples.warehouse;

import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Shipments over HTTP. */
@RestController
class ShipmentController {

    private final Shipments shipments;

    ShipmentController(Shipments shipments) {
        this.shipments = shipments;
    }

    /** The id of the order of each shipment. */
    @GetMapping("/shipments")
    List<String> orderIds() {
        return shipments.orderIds();
    }
}
