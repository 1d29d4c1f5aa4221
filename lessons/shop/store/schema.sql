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
