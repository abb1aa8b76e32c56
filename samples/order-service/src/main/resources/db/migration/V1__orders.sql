-- The application's own tables, in SQL that H2, MySQL, MariaDB and PostgreSQL all take. Reliable MQ migrates its tables itself.

create table placed_order (
    id       varchar(64) not null primary key,
    item     varchar(64) not null,
    quantity int         not null,
    customer varchar(64) not null
);

create table stock (
    item     varchar(64) not null primary key,
    initial  int         not null,
    quantity int         not null
);

insert into stock (item, initial, quantity) values
    ('apple', 100000, 100000),
    ('banana', 100000, 100000),
    ('cherry', 100000, 100000),
    ('date', 100000, 100000),
    ('elderberry', 100000, 100000);

-- The effects of an order. On purpose nothing is unique on order_id: an effect that is applied twice would show.

create table reservation (
    id       varchar(36) not null primary key,
    order_id varchar(64) not null,
    item     varchar(64) not null,
    quantity int         not null
);

create index reservation_order on reservation (order_id);

create table notification (
    id        varchar(36) not null primary key,
    order_id  varchar(64) not null,
    recipient varchar(64) not null
);

create index notification_order on notification (order_id);
