-- The shop's tables in PostgreSQL. The tables, the constraints and the reasons for them are
-- those of schema.sql in package store, which has SQLite's dialect. Open runs this file
-- once, in one transaction.

-- This table tells Open that the tables are the shop's, and of which version.
CREATE TABLE shop_schema (
    version integer NOT NULL
);

INSERT INTO shop_schema VALUES (1);

-- A trigger of PostgreSQL calls a function. This one writes the new status of a row into
-- the table that its argument names. The history has the row's id in its second column.
CREATE FUNCTION note_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('INSERT INTO %I (%I, status) VALUES ($1, $2)', TG_ARGV[0] || '_history', TG_ARGV[0] || '_id') USING NEW.id, NEW.status;
    RETURN NULL;
END
$$;

-- Shipping -------------------------------------------------------------------

CREATE TABLE shipments (
    id          text           NOT NULL PRIMARY KEY,
    order_id    text           NOT NULL,
    tracking_id text           NOT NULL,
    status      text           NOT NULL,
    created_at  timestamptz(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT one_shipment_an_order  UNIQUE (order_id),
    CONSTRAINT one_order_a_booking    UNIQUE (tracking_id),
    CONSTRAINT id_is_ship_order_id    CHECK (id = 'ship-' || order_id),
    CONSTRAINT order_id_is_plain      CHECK (order_id ~ '^[A-Za-z0-9._-]{1,64}$'),
    CONSTRAINT tracking_id_is_there   CHECK (tracking_id <> ''),
    CONSTRAINT status_is_known        CHECK (status IN ('BOOKED', 'DELIVERED'))
);

CREATE TABLE shipment_history (
    n           bigint         GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shipment_id text           NOT NULL REFERENCES shipments (id),
    status      text           NOT NULL,
    at          timestamptz(3) NOT NULL DEFAULT clock_timestamp()
);

CREATE TRIGGER shipment_begins AFTER INSERT ON shipments
    FOR EACH ROW EXECUTE FUNCTION note_status('shipment');

CREATE TRIGGER shipment_changes AFTER UPDATE OF status ON shipments
    FOR EACH ROW WHEN (NEW.status <> OLD.status) EXECUTE FUNCTION note_status('shipment');

-- Order ----------------------------------------------------------------------

CREATE TABLE orders (
    id           text           NOT NULL PRIMARY KEY,
    customer_id  text           NOT NULL,
    amount_cents bigint         NOT NULL,
    status       text           NOT NULL,
    payment_id   text,
    shipment_id  text,
    code         integer,
    reason       text,
    created_at   timestamptz(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT order_id_is_plain      CHECK (id ~ '^[A-Za-z0-9._-]{1,64}$'),
    CONSTRAINT customer_id_is_plain   CHECK (customer_id ~ '^[A-Za-z0-9._-]{1,64}$'),
    CONSTRAINT amount_can_be_charged  CHECK (amount_cents BETWEEN 1 AND 99999999),
    CONSTRAINT status_is_known        CHECK (status IN ('PENDING', 'PAID', 'SHIPPED', 'COMPLETED', 'FAILED')),
    CONSTRAINT payment_is_the_orders  CHECK (payment_id = 'pay-' || id),
    CONSTRAINT shipment_is_the_orders CHECK (shipment_id = 'ship-' || id),
    CONSTRAINT paid_by_a_payment      CHECK (status IN ('PENDING', 'FAILED') OR payment_id IS NOT NULL),
    CONSTRAINT shipped_by_a_shipment  CHECK (status NOT IN ('SHIPPED', 'COMPLETED') OR shipment_id IS NOT NULL),
    CONSTRAINT failed_for_a_reason    CHECK ((status = 'FAILED') = (reason IS NOT NULL) AND (status = 'FAILED') = (code IS NOT NULL))
);

CREATE TABLE order_history (
    n        bigint         GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id text           NOT NULL REFERENCES orders (id),
    status   text           NOT NULL,
    at       timestamptz(3) NOT NULL DEFAULT clock_timestamp()
);

CREATE TRIGGER order_begins AFTER INSERT ON orders
    FOR EACH ROW EXECUTE FUNCTION note_status('order');

CREATE TRIGGER order_changes AFTER UPDATE OF status ON orders
    FOR EACH ROW WHEN (NEW.status <> OLD.status) EXECUTE FUNCTION note_status('order');

-- Payment --------------------------------------------------------------------

CREATE TABLE payments (
    id           text           NOT NULL PRIMARY KEY,
    order_id     text           NOT NULL,
    amount_cents bigint         NOT NULL,
    status       text           NOT NULL,
    charge_id    text,
    code         integer,
    reason       text,
    created_at   timestamptz(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT one_payment_an_order   UNIQUE (order_id),
    CONSTRAINT one_order_a_charge     UNIQUE (charge_id),
    CONSTRAINT id_is_pay_order_id     CHECK (id = 'pay-' || order_id),
    CONSTRAINT order_id_is_plain      CHECK (order_id ~ '^[A-Za-z0-9._-]{1,64}$'),
    CONSTRAINT amount_can_be_charged  CHECK (amount_cents BETWEEN 1 AND 99999999),
    CONSTRAINT status_is_known        CHECK (status IN ('PROCESSING', 'COMPLETED', 'FAILED', 'REFUNDED')),
    CONSTRAINT completed_by_a_charge  CHECK (status <> 'COMPLETED' OR charge_id IS NOT NULL),
    CONSTRAINT failed_for_a_reason    CHECK ((status = 'FAILED') = (reason IS NOT NULL) AND (status = 'FAILED') = (code IS NOT NULL))
);

CREATE TABLE payment_history (
    n          bigint         GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    payment_id text           NOT NULL REFERENCES payments (id),
    status     text           NOT NULL,
    at         timestamptz(3) NOT NULL DEFAULT clock_timestamp()
);

CREATE TRIGGER payment_begins AFTER INSERT ON payments
    FOR EACH ROW EXECUTE FUNCTION note_status('payment');

CREATE TRIGGER payment_changes AFTER UPDATE OF status ON payments
    FOR EACH ROW WHEN (NEW.status <> OLD.status) EXECUTE FUNCTION note_status('payment');

CREATE TABLE payment_failures (
    n          bigint         GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    payment_id text           NOT NULL REFERENCES payments (id),
    roll       integer,
    reason     text           NOT NULL,
    at         timestamptz(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT roll_is_of_a_hundred CHECK (roll BETWEEN 0 AND 99)
);

CREATE INDEX payment_failures_by_payment ON payment_failures (payment_id);

