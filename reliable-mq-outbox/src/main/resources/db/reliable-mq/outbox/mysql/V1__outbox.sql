-- Reliable MQ, outbox. All *_ms columns are milliseconds since the epoch, UTC.
-- Rows are inserted and deleted, never updated. utf8mb4_0900_bin and not utf8mb4_bin, which ignores trailing
-- blanks: identifiers compare byte for byte, blanks included.

CREATE TABLE reliable_mq_outbox (
    lane           INT NOT NULL,
    id             BIGINT NOT NULL AUTO_INCREMENT,
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
    -- by the database's clock, unlike created_at_ms; the age of the backlog counts from here
    written_at_ms  BIGINT DEFAULT (TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000) NOT NULL,
    PRIMARY KEY (lane, id),
    -- AUTO_INCREMENT needs an index that begins with it
    KEY reliable_mq_outbox_id (id)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;

-- refused by the broker for good, and what must not overtake them
CREATE TABLE reliable_mq_outbox_parked (
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
    reason         VARCHAR(1000) NOT NULL,
    parked_at_ms   BIGINT NOT NULL,
    PRIMARY KEY (lane, id, message_id),
    KEY reliable_mq_outbox_parked_id (id),
    KEY reliable_mq_outbox_parked_key (lane, topic, ordering_key)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;

-- one row per lane; its owner alone reads the lane, parks its messages and hands it over
CREATE TABLE reliable_mq_outbox_lane (
    lane           INT NOT NULL,
    owner          BINARY(16),
    epoch          BIGINT NOT NULL,
    PRIMARY KEY (lane)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;

-- one row per process incarnation
CREATE TABLE reliable_mq_outbox_node (
    node           BINARY(16) NOT NULL,
    name           VARCHAR(255) NOT NULL,
    lease_until_ms BIGINT NOT NULL,
    PRIMARY KEY (node)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;

-- what all processes must agree on: lane_count, hash_version
CREATE TABLE reliable_mq_outbox_setting (
    name           VARCHAR(64) NOT NULL,
    setting_value  BIGINT NOT NULL,
    PRIMARY KEY (name)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;

-- topics that have taken a message before
CREATE TABLE reliable_mq_outbox_topic (
    topic          VARCHAR(255) NOT NULL,
    PRIMARY KEY (topic)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;
