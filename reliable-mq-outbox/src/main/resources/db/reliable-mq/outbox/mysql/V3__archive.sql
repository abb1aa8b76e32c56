-- What has left the outbox: sent messages for as long as reliable-mq.outbox.retention says, and what operators took out. A message that
-- waits in the outbox, or is parked, or delayed, is not here, but for a version of it that an edit has REPLACED.

CREATE TABLE reliable_mq_outbox_archive (
    -- drawn while the rows leave the outbox, so of one ordering key in the order of its messages, whatever the clocks do
    seq            BIGINT NOT NULL AUTO_INCREMENT,
    -- SENT, SKIPPED or REPLACED
    outcome        VARCHAR(16) NOT NULL,
    archived_at_ms BIGINT NOT NULL,
    lane           INT NOT NULL,
    id             BIGINT NOT NULL,
    message_id     BINARY(16) NOT NULL,
    topic          VARCHAR(255) NOT NULL,
    tag            VARCHAR(255),
    message_key    VARCHAR(1024),
    ordering_key   VARCHAR(255),
    content_type   VARCHAR(255) NOT NULL,
    headers        MEDIUMTEXT NOT NULL,
    payload        LONGBLOB NOT NULL,
    created_at_ms  BIGINT NOT NULL,
    deliver_at_ms  BIGINT NOT NULL,
    PRIMARY KEY (seq),
    KEY reliable_mq_outbox_archive_time (archived_at_ms)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;

-- true: released or replayed, so an attempt before may have stored the message, whatever the relay that reads it next can prove
ALTER TABLE reliable_mq_outbox ADD COLUMN returned BOOLEAN DEFAULT FALSE NOT NULL;
