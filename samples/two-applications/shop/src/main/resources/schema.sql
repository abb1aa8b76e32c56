create table if not exists placed_order (
    id       varchar(64) not null primary key,
    item     varchar(64) not null,
    quantity int         not null
);
