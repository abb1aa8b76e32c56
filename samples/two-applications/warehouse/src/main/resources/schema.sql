create table if not exists shipment (
    id       varchar(36) not null primary key,
    order_id varchar(64) not null,
    item     varchar(64) not null,
    quantity int         not null
);
