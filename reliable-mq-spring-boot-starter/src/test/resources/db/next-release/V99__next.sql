-- What a migration may do to tables that the release before still uses: add what that one need not know of.
ALTER TABLE reliable_mq_outbox ADD COLUMN of_next_release VARCHAR(10);
ALTER TABLE reliable_mq_outbox_parked ADD COLUMN of_next_release VARCHAR(10);
ALTER TABLE reliable_mq_outbox_due ADD COLUMN of_next_release VARCHAR(10);
ALTER TABLE reliable_mq_outbox_lane ADD COLUMN of_next_release VARCHAR(10);
ALTER TABLE reliable_mq_outbox_node ADD COLUMN of_next_release VARCHAR(10);
ALTER TABLE reliable_mq_outbox_setting ADD COLUMN of_next_release VARCHAR(10);
ALTER TABLE reliable_mq_outbox_topic ADD COLUMN of_next_release VARCHAR(10);
CREATE TABLE reliable_mq_outbox_of_next_release (id INT PRIMARY KEY);
