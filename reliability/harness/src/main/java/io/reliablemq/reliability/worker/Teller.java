package io.reliablemq.reliability.worker;

import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** The outer transaction: rolls back on purpose after row and messages were written. */
@Service
class Teller {

    private final Ledger ledger;

    Teller(Ledger ledger) {
        this.ledger = ledger;
    }

    @Transactional
    public void serve(Request request) {
        if (request.annotated()) {
            ledger.bookAnnotated(request);
        } else {
            ledger.bookWithOutbox(request);
        }
        if (request.rollback()) {
            throw new IllegalStateException("rolled back on purpose");
        }
    }
}
