-- Changing the number of lanes: what each process works by, and whether it relays. In the table of settings: layout_epoch; while
-- the number changes lane_count_next, then lane_count_before and layout_acknowledged_at_ms; afterwards lane_count_last.

ALTER TABLE reliable_mq_outbox_node ADD COLUMN layout_epoch BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE reliable_mq_outbox_node ADD COLUMN relays BOOLEAN DEFAULT TRUE NOT NULL;

-- while it changes, parked messages of one key may be in two lanes
CREATE INDEX reliable_mq_outbox_parked_order ON reliable_mq_outbox_parked (topic, ordering_key, id);
