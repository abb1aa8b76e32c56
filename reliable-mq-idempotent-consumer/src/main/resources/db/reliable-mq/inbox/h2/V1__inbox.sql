-- Dedup records. Keys are binary: the default collation would make 'ab' equal 'AB', which loses messages.
create table reliable_mq_inbox (
    consumer_group varbinary(255) not null,
    message_key    varbinary(255) not null,
    message_id     varbinary(255),
    digest         binary(32)     not null,
    state          varchar(16)    not null,
    processed_at   bigint         not null,
    primary key (consumer_group, message_key)
);

create index reliable_mq_inbox_age on reliable_mq_inbox (consumer_group, processed_at);

create table reliable_mq_inbox_failure (
    consumer_group varbinary(255) not null,
    message_key    varbinary(255) not null,
    failures       int            not null,
    last_failed_at bigint         not null,
    primary key (consumer_group, message_key)
);

create index reliable_mq_inbox_failure_age on reliable_mq_inbox_failure (consumer_group, last_failed_at);

create table reliable_mq_dead_letter (
    id             varchar(36)    not null primary key,
    consumer_group varbinary(255) not null,
    message_key    varbinary(255) not null,
    message_id     varbinary(255),
    digest         binary(32)     not null,
    topic          varchar(255)   not null,
    tag            clob,
    message_keys   clob,
    ordering_key   clob,
    content_type   clob,
    payload        blob       not null,
    headers        clob     not null,
    created_at     bigint         not null,
    deliver_at     bigint         not null,
    reason         varchar(16)    not null,
    error          clob           not null,
    attempts       int            not null,
    state          varchar(16)    not null,
    written_at     bigint         not null,
    settled_at     bigint
);

create index reliable_mq_dead_letter_open on reliable_mq_dead_letter (consumer_group, state, written_at);
