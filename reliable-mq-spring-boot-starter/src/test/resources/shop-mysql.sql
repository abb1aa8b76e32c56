create table if not exists customer (name varchar(50) primary key, orders int not null);
create table if not exists shop_order (id varchar(40) primary key, customer varchar(50) not null, number int not null);
create table if not exists reservation (id bigint auto_increment primary key, order_id varchar(40) not null);
create table if not exists shipment (id bigint auto_increment primary key, order_id varchar(40) not null, customer varchar(50) not null, number int not null);
create table if not exists visit (visitor varchar(64) not null);
create table if not exists reminded (id bigint auto_increment primary key, customer varchar(50) not null);
create table if not exists taken_back (customer varchar(50) primary key);
create table if not exists picked (id bigint auto_increment primary key, customer varchar(50) not null, number int not null);
