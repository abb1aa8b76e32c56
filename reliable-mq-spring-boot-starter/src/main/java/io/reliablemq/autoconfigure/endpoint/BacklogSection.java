package io.reliablemq.autoconfigure.endpoint;

import io.reliablemq.outbox.spi.OutboxView;
import io.reliablemq.outbox.spi.OutboxView.SomeBacklog;
import io.reliablemq.outbox.spi.OutboxView.TopicBacklog;
import java.util.List;

/** What waits, by topic. */
record BacklogSection(OutboxView view) implements Section {

    /** Counting more would take a database with millions of waiting rows seconds, and whoever looks does so when it is busy. */
    private static final int MOST = 100_000;

    /** @param complete false when there may be more of each, and older ones */
    record BacklogView(List<TopicBacklog> topics, boolean complete) {}

    @Override
    public Object list(Given given) {
        given.only();
        SomeBacklog backlog = view.backlog(MOST);
        return new BacklogView(backlog.topics(), backlog.whole());
    }
}
