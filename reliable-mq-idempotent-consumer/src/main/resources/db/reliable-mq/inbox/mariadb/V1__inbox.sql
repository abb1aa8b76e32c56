-- Dedup records. Keys are binary: the default collation would make 'ab' equal 'AB', which loses messages.
create table reliable_mq_inbox (
    consumer_group varbinary(255) not null,
    message_key    varbinary(255) not null,
    message_id     varbinary(255),
    digest         binary(32)     not null,
    state          varchar(16)    not null,
    processed_at   bigint         not null,
    primary key (consumer_group, message_key),
    key reliable_mq_inbox_age (consumer_group, processed_at)
) engine = InnoDB default character set utf8mb4;

create table reliable_mq_inbox_failure (
    consumer_group varbinary(255) not null,
    message_key    varbinary(255) not null,
    failures       int            not null,
    last_failed_at bigint         not null,
    primary key (consumer_group, message_key),
    key reliable_mq_inbox_failure_age (consumer_group, last_failed_at)
) engine = InnoDB default character set utf8mb4;

create table reliable_mq_dead_letter (
    id             varchar(36)    not null primary key,
    consumer_group varbinary(255) not null,
    message_key    varbinary(255) not null,
    message_id     varbinary(255),
    digest         binary(32)     not null,
    topic          varchar(255)   not null,
    tag            text,
    message_keys   text,
    ordering_key   text,
    content_type   text,
    payload        longblob       not null,
    headers        mediumtext     not null,
    created_at     bigint         not null,
    deliver_at     bigint         not null,
    reason         varchar(16)    not null,
    error          text           not null,
    attempts       int            not null,
    state          varchar(16)    not null,
    written_at     bigint         not null,
    settled_at     bigint,
    key reliable_mq_dead_letter_open (consumer_group, state, written_at)
) engine = InnoDB default character set utf8mb4;
