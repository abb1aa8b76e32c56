-- How far dedup records are forgotten. Whoever accepts a message looks here whether its record may have been deleted, by a listener with a
-- shorter window for example; so it is announced before anything is deleted.
create table reliable_mq_inbox_horizon (
    consumer_group   varbinary(255) not null primary key,
    -- records with an earlier processed_at may be deleted
    forgotten_before bigint         not null,
    -- and some time later those with an earlier one than this
    forgets_before   bigint         not null
);
