-- The shop's tables. Each service has a table of rows, a table with the history of
-- their status, and triggers that write the history. Open runs this file every time,
-- so every statement says "if not exists".
--
-- STRICT: without this word, SQLite would store 'abc' in an INTEGER column, without an
-- error. Foreign keys stay within the tables of one service. The ids of another service
-- are plain columns, so that each service can run without the others.

-- Shipping -------------------------------------------------------------------

CREATE TABLE IF NOT EXISTS shipments (
    id          TEXT NOT NULL,
    order_id    TEXT NOT NULL,
    tracking_id TEXT NOT NULL,
    status      TEXT NOT NULL,
    created_at  TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),

    -- An order ships once, also if the state in Restate is deleted, and also if a
    -- program writes the row without Restate.
    CONSTRAINT one_shipment_an_order  UNIQUE (order_id),
    -- With one booking for two orders, both parcels would go to one address.
    CONSTRAINT one_order_a_booking    UNIQUE (tracking_id),
    -- The id is the object key of Shipping. It is made from the order's id, so that
    -- every program can make it, and no two orders share one.
    CONSTRAINT id_is_ship_order_id    CHECK (id = 'ship-' || order_id),
    -- An id is used in URLs, file names and log lines without quoting.
    CONSTRAINT order_id_is_plain      CHECK (length(order_id) BETWEEN 1 AND 64 AND order_id NOT GLOB '*[^A-Za-z0-9._-]*'),
    -- A row exists only after a booking, and a booking has a tracking id.
    CONSTRAINT tracking_id_is_there   CHECK (tracking_id <> ''),
    -- No query for a status would find a row whose status is misspelled.
    CONSTRAINT status_is_known        CHECK (status IN ('BOOKED', 'DELIVERED')),

    PRIMARY KEY (id)
) STRICT;

-- Every status that a shipment had, oldest first. The row itself shows only the last
-- status, and not that an earlier one was overwritten.
CREATE TABLE IF NOT EXISTS shipment_history (
    n           INTEGER PRIMARY KEY,
    shipment_id TEXT    NOT NULL REFERENCES shipments (id),
    status      TEXT    NOT NULL,
    at          TEXT    NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;

-- Triggers write the history, so that no program can change a status without a line
-- in the history.
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

    -- The same rule as in shipments.
    CONSTRAINT order_id_is_plain      CHECK (length(id) BETWEEN 1 AND 64 AND id NOT GLOB '*[^A-Za-z0-9._-]*'),
    CONSTRAINT customer_id_is_plain   CHECK (length(customer_id) BETWEEN 1 AND 64 AND customer_id NOT GLOB '*[^A-Za-z0-9._-]*'),
    -- An order costs more than nothing, and card gateways accept eight digits.
    CONSTRAINT amount_can_be_charged  CHECK (amount_cents BETWEEN 1 AND 99999999),
    CONSTRAINT status_is_known        CHECK (status IN ('PENDING', 'PAID', 'SHIPPED', 'COMPLETED', 'FAILED')),
    -- The object keys of the other services are made from the order's id.
    CONSTRAINT payment_is_the_orders  CHECK (payment_id = 'pay-' || id),
    CONSTRAINT shipment_is_the_orders CHECK (shipment_id = 'ship-' || id),
    -- Each status needs the stages before it: a row that skips a stage is a mistake.
    CONSTRAINT paid_by_a_payment      CHECK (status IN ('PENDING', 'FAILED') OR payment_id IS NOT NULL),
    CONSTRAINT shipped_by_a_shipment  CHECK (status NOT IN ('SHIPPED', 'COMPLETED') OR shipment_id IS NOT NULL),
    -- A FAILED row has the code and the reason that the caller got.
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

    -- An order is paid for once, also if the state in Restate is deleted.
    CONSTRAINT one_payment_an_order   UNIQUE (order_id),
    -- With one charge for two orders, one of them would not be paid.
    CONSTRAINT one_order_a_charge     UNIQUE (charge_id),
    CONSTRAINT id_is_pay_order_id     CHECK (id = 'pay-' || order_id),
    -- The same rules as in orders.
    CONSTRAINT order_id_is_plain      CHECK (length(order_id) BETWEEN 1 AND 64 AND order_id NOT GLOB '*[^A-Za-z0-9._-]*'),
    CONSTRAINT amount_can_be_charged  CHECK (amount_cents BETWEEN 1 AND 99999999),
    CONSTRAINT status_is_known        CHECK (status IN ('PROCESSING', 'COMPLETED', 'FAILED', 'REFUNDED')),
    -- Without the gateway's id, nobody could look up the charge.
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

-- One row for each request for a charge that failed: the gateway answered with a 5xx, or
-- gave no answer. The last request of a payment, which was accepted or declined, has no
-- row. A crash between the request and this row loses the row.
CREATE TABLE IF NOT EXISTS payment_failures (
    n          INTEGER PRIMARY KEY,
    payment_id TEXT    NOT NULL REFERENCES payments (id),
    roll       INTEGER,          -- of the gateway, 0 to 99; NULL if the answer had no roll
    reason     TEXT    NOT NULL,
    at         TEXT    NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),

    CONSTRAINT roll_is_of_a_hundred CHECK (roll BETWEEN 0 AND 99)
) STRICT;

CREATE INDEX IF NOT EXISTS payment_failures_by_payment ON payment_failures (payment_id);
