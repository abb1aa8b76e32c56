package io.reliablemq.autoconfigure.endpoint;

import io.reliablemq.outbox.spi.OutboxView;
import io.reliablemq.outbox.spi.OutboxView.TopicBacklog;
import java.util.List;

/** What waits, by topic. */
record BacklogSection(OutboxView view) implements Section {

    record BacklogView(List<TopicBacklog> topics) {}

    @Override
    public Object list(Given given) {
        given.only();
        return new BacklogView(view.backlog());
    }
}
