-- What operators did to parked and archived messages, written in the transaction of the deed. Never changed, never purged.

CREATE TABLE reliable_mq_outbox_audit (
    id              BIGINT NOT NULL AUTO_INCREMENT,
    -- RELEASE, EDIT, SKIP or REPLAY
    operation       VARCHAR(16) NOT NULL,
    actor           VARCHAR(255) NOT NULL,
    reason          VARCHAR(1000) NOT NULL,
    -- which messages were meant, and what was changed; never a payload
    detail          VARCHAR(1000) NOT NULL,
    -- of the messages that were touched, with a comma between two
    message_ids     MEDIUMTEXT NOT NULL,
    performed_at_ms BIGINT NOT NULL,
    PRIMARY KEY (id)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;
