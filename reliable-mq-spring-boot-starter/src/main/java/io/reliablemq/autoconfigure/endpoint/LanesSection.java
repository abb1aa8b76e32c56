package io.reliablemq.autoconfigure.endpoint;

import io.reliablemq.outbox.OutboxOperations;
import io.reliablemq.outbox.OutboxOperations.Lanes;
import io.reliablemq.outbox.spi.OutboxView;
import io.reliablemq.outbox.spi.OutboxView.Owner;
import java.util.List;

/** Which process sends from which lanes, and how far a change of their number has come. */
record LanesSection(OutboxOperations operations, OutboxView view) implements Section {

    record LanesView(Lanes layout, List<Owner> owners, List<Integer> unowned) {}

    @Override
    public Object list(Given given) {
        given.only();
        OutboxView.Ownership ownership = view.ownership();
        return new LanesView(operations.lanes(), ownership.owners(), ownership.unowned());
    }
}
