-- The shop's tables. Each service has its own: its rows, the history of their
-- status, and the triggers that write it. Open runs this file every time, so
-- everything in it is "if not exists".
--
-- STRICT: without it, SQLite would store 'abc' in an INTEGER column and say
-- nothing. Foreign keys stay within one service's tables: the ids of another
-- service are plain columns, so that each service can run without the others.

-- Shipping -------------------------------------------------------------------

CREATE TABLE IF NOT EXISTS shipments (
    id          TEXT NOT NULL,
    order_id    TEXT NOT NULL,
    tracking_id TEXT NOT NULL,
    status      TEXT NOT NULL,
    created_at  TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),

    -- An order ships once. This holds when Restate has forgotten the order, and
    -- for a program that never heard of Restate.
    CONSTRAINT one_shipment_an_order  UNIQUE (order_id),
    -- One booking for two orders would send both parcels to one door.
    CONSTRAINT one_order_a_booking    UNIQUE (tracking_id),
    -- The id is the key of the object that owns the row, made from the order's:
    -- it can be told without looking, and two shipments can't share one.
    CONSTRAINT id_is_ship_order_id    CHECK (id = 'ship-' || order_id),
    -- It goes into URLs, file names and log lines as it is.
    CONSTRAINT order_id_is_plain      CHECK (length(order_id) BETWEEN 1 AND 64 AND order_id NOT GLOB '*[^A-Za-z0-9._-]*'),
    -- A row says that a booking was made; without a tracking id none was.
    CONSTRAINT tracking_id_is_there   CHECK (tracking_id <> ''),
    -- A misspelled status would hide the row from every query that asks for one.
    CONSTRAINT status_is_known        CHECK (status IN ('BOOKED', 'DELIVERED')),

    PRIMARY KEY (id)
) STRICT;

-- Every status that a shipment had, oldest first: a row shows only the last, and
-- one that was written over would show no trace of it.
CREATE TABLE IF NOT EXISTS shipment_history (
    n           INTEGER PRIMARY KEY,
    shipment_id TEXT    NOT NULL REFERENCES shipments (id),
    status      TEXT    NOT NULL,
    at          TEXT    NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;

-- Triggers write the history, so that no program can change a status and forget
-- to say so.
CREATE TRIGGER IF NOT EXISTS shipment_begins AFTER INSERT ON shipments BEGIN
    INSERT INTO shipment_history (shipment_id, status) VALUES (NEW.id, NEW.status);
END;

CREATE TRIGGER IF NOT EXISTS shipment_changes AFTER UPDATE OF status ON shipments WHEN NEW.status <> OLD.status BEGIN
    INSERT INTO shipment_history (shipment_id, status) VALUES (NEW.id, NEW.status);
END;

-- Order ----------------------------------------------------------------------

CREATE TABLE IF NOT EXISTS orders (
    id           TEXT    NOT NULL,
    customer_id  TEXT    NOT NULL,
    amount_cents INTEGER NOT NULL,
    status       TEXT    NOT NULL,
    payment_id   TEXT,
    shipment_id  TEXT,
    code         INTEGER,
    reason       TEXT,
    created_at   TEXT    NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),

    -- As in shipments.
    CONSTRAINT order_id_is_plain      CHECK (length(id) BETWEEN 1 AND 64 AND id NOT GLOB '*[^A-Za-z0-9._-]*'),
    CONSTRAINT customer_id_is_plain   CHECK (length(customer_id) BETWEEN 1 AND 64 AND customer_id NOT GLOB '*[^A-Za-z0-9._-]*'),
    -- Nobody owes us nothing, and eight digits are what card gateways take.
    CONSTRAINT amount_can_be_charged  CHECK (amount_cents BETWEEN 1 AND 99999999),
    CONSTRAINT status_is_known        CHECK (status IN ('PENDING', 'PAID', 'SHIPPED', 'COMPLETED', 'FAILED')),
    -- The ids are those of the other services' objects, made from this one.
    CONSTRAINT payment_is_the_orders  CHECK (payment_id = 'pay-' || id),
    CONSTRAINT shipment_is_the_orders CHECK (shipment_id = 'ship-' || id),
    -- A status says what was done before it; a row that skips a step is a bug.
    CONSTRAINT paid_by_a_payment      CHECK (status IN ('PENDING', 'FAILED') OR payment_id IS NOT NULL),
    CONSTRAINT shipped_by_a_shipment  CHECK (status NOT IN ('SHIPPED', 'COMPLETED') OR shipment_id IS NOT NULL),
    -- Who asks why must get an answer: the one that the caller was given.
    CONSTRAINT failed_for_a_reason    CHECK ((status = 'FAILED') = (reason IS NOT NULL) AND (status = 'FAILED') = (code IS NOT NULL)),

    PRIMARY KEY (id)
) STRICT;

CREATE TABLE IF NOT EXISTS order_history (
    n        INTEGER PRIMARY KEY,
    order_id TEXT    NOT NULL REFERENCES orders (id),
    status   TEXT    NOT NULL,
    at       TEXT    NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;

CREATE TRIGGER IF NOT EXISTS order_begins AFTER INSERT ON orders BEGIN
    INSERT INTO order_history (order_id, status) VALUES (NEW.id, NEW.status);
END;

CREATE TRIGGER IF NOT EXISTS order_changes AFTER UPDATE OF status ON orders WHEN NEW.status <> OLD.status BEGIN
    INSERT INTO order_history (order_id, status) VALUES (NEW.id, NEW.status);
END;

-- Payment --------------------------------------------------------------------

CREATE TABLE IF NOT EXISTS payments (
    id           TEXT    NOT NULL,
    order_id     TEXT    NOT NULL,
    amount_cents INTEGER NOT NULL,
    status       TEXT    NOT NULL,
    charge_id    TEXT,
    code         INTEGER,
    reason       TEXT,
    created_at   TEXT    NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),

    -- An order is paid for once, whatever Restate has forgotten by then.
    CONSTRAINT one_payment_an_order   UNIQUE (order_id),
    -- One charge for two orders would leave one of them unpaid.
    CONSTRAINT one_order_a_charge     UNIQUE (charge_id),
    CONSTRAINT id_is_pay_order_id     CHECK (id = 'pay-' || order_id),
    -- As in orders.
    CONSTRAINT order_id_is_plain      CHECK (length(order_id) BETWEEN 1 AND 64 AND order_id NOT GLOB '*[^A-Za-z0-9._-]*'),
    CONSTRAINT amount_can_be_charged  CHECK (amount_cents BETWEEN 1 AND 99999999),
    CONSTRAINT status_is_known        CHECK (status IN ('PROCESSING', 'COMPLETED', 'FAILED', 'REFUNDED')),
    -- Without the gateway's name for it, nobody could look a charge up.
    CONSTRAINT completed_by_a_charge  CHECK (status <> 'COMPLETED' OR charge_id IS NOT NULL),
    CONSTRAINT failed_for_a_reason    CHECK ((status = 'FAILED') = (reason IS NOT NULL) AND (status = 'FAILED') = (code IS NOT NULL)),

    PRIMARY KEY (id)
) STRICT;

CREATE TABLE IF NOT EXISTS payment_history (
    n          INTEGER PRIMARY KEY,
    payment_id TEXT    NOT NULL REFERENCES payments (id),
    status     TEXT    NOT NULL,
    at         TEXT    NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;

CREATE TRIGGER IF NOT EXISTS payment_begins AFTER INSERT ON payments BEGIN
    INSERT INTO payment_history (payment_id, status) VALUES (NEW.id, NEW.status);
END;

CREATE TRIGGER IF NOT EXISTS payment_changes AFTER UPDATE OF status ON payments WHEN NEW.status <> OLD.status BEGIN
    INSERT INTO payment_history (payment_id, status) VALUES (NEW.id, NEW.status);
END;

-- A row each time that the gateway failed to answer a charge; the attempt that
-- ends a payment has none. Written inside the attempt, so a crash may lose one.
CREATE TABLE IF NOT EXISTS payment_failures (
    n          INTEGER PRIMARY KEY,
    payment_id TEXT    NOT NULL REFERENCES payments (id),
    roll       INTEGER,          -- the gateway's, 0 to 99; NULL when none was heard
    reason     TEXT    NOT NULL,
    at         TEXT    NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),

    CONSTRAINT roll_is_of_a_hundred CHECK (roll BETWEEN 0 AND 99)
) STRICT;

CREATE INDEX IF NOT EXISTS payment_failures_by_payment ON payment_failures (payment_id);
