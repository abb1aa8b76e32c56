-- Messages whose time has not come. No relay sends from here: a row is moved to the outbox at move_at_ms, and who deletes it
-- before that has cancelled it.

CREATE TABLE reliable_mq_outbox_due (
    message_id     UUID NOT NULL,
    lane           INT NOT NULL,
    topic          VARCHAR(255) NOT NULL,
    tag            VARCHAR(255),
    message_key    VARCHAR(1024),
    ordering_key   VARCHAR(255),
    content_type   VARCHAR(255) NOT NULL,
    headers        VARCHAR(1048576) NOT NULL,
    payload        BLOB NOT NULL,
    created_at_ms  BIGINT NOT NULL,
    deliver_at_ms  BIGINT NOT NULL,
    move_at_ms     BIGINT NOT NULL,
    PRIMARY KEY (message_id)
);

CREATE INDEX reliable_mq_outbox_due_move ON reliable_mq_outbox_due (move_at_ms);

-- true: the relay can prove that no attempt before the refusal may have stored the message
ALTER TABLE reliable_mq_outbox_parked ADD COLUMN unsent BOOLEAN DEFAULT FALSE NOT NULL;
CREATE INDEX reliable_mq_outbox_parked_message ON reliable_mq_outbox_parked (message_id);
