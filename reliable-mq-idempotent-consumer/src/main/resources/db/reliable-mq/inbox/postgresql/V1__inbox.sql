-- Dedup records. Keys are binary: the default collation would make 'ab' equal 'AB', which loses messages.
create table reliable_mq_inbox (
    consumer_group bytea          not null,
    message_key    bytea          not null,
    message_id     bytea,
    digest         bytea          not null,
    state          varchar(16)    not null,
    processed_at   bigint         not null,
    primary key (consumer_group, message_key)
);

create index reliable_mq_inbox_age on reliable_mq_inbox (consumer_group, processed_at);

create table reliable_mq_inbox_failure (
    consumer_group bytea          not null,
    message_key    bytea          not null,
    failures       int            not null,
    last_failed_at bigint         not null,
    primary key (consumer_group, message_key)
);

create index reliable_mq_inbox_failure_age on reliable_mq_inbox_failure (consumer_group, last_failed_at);

create table reliable_mq_dead_letter (
    id             varchar(36)    not null primary key,
    consumer_group bytea          not null,
    message_key    bytea          not null,
    message_id     bytea,
    digest         bytea          not null,
    topic          varchar(255)   not null,
    tag            text,
    message_keys   text,
    ordering_key   text,
    content_type   text,
    payload        bytea          not null,
    headers        text     not null,
    created_at     bigint         not null,
    deliver_at     bigint         not null,
    reason         varchar(16)    not null,
    error          text           not null,
    attempts       int            not null,
    state          varchar(16)    not null,
    written_at     bigint         not null,
    settled_at     bigint
);

create index reliable_mq_dead_letter_open on reliable_mq_dead_letter (consumer_group, state, written_at);
