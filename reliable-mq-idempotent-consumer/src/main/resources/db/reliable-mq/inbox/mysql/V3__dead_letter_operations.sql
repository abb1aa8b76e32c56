-- What operators do to dead letters; written in the transaction of the change, never changed, never purged.
create table reliable_mq_inbox_audit (
    id           bigint         not null auto_increment primary key,
    -- REPLAY, EDIT or DISCARD
    operation    varchar(16)    not null,
    actor        varchar(255)   not null,
    reason       varchar(1000)  not null,
    -- what was changed or what failed; never a payload
    detail       varchar(1000)  not null,
    letter_id    varchar(36)    not null,
    performed_at bigint         not null
) engine = InnoDB default character set utf8mb4;

-- RocketMQ takes 32 KB of properties, which are three times as many bytes in the form that they are stored in.
alter table reliable_mq_dead_letter
    modify tag mediumtext,
    modify message_keys mediumtext,
    modify ordering_key mediumtext,
    modify content_type mediumtext;

create index reliable_mq_dead_letter_state on reliable_mq_dead_letter (state, written_at, id);
