package store

import (
	"context"
	"database/sql"
	"strings"
)

// Store is the shop's database, as the services see it. [DB] keeps the rows in a SQLite
// file, and a package in the folder beside this file keeps them in PostgreSQL. The
// comments of [DB.BeginOrder] and of the other methods tell what a second run does. They
// are true for both.
type Store interface {
	// Orders
	InsertOrder(ctx context.Context, o Order) error
	BeginOrder(ctx context.Context, o Order) (Order, error)
	PayOrder(ctx context.Context, id, paymentID string) error
	ShipOrder(ctx context.Context, id, shipmentID string) error
	CompleteOrder(ctx context.Context, id string) error
	FinishOrder(ctx context.Context, id, shipmentID string) error
	FailOrder(ctx context.Context, id string, why Failure) error
	FindOrder(ctx context.Context, id string) (*Order, error)

	// Payments
	InsertPayment(ctx context.Context, p Payment) error
	PutPayment(ctx context.Context, p Payment) error
	BeginPayment(ctx context.Context, p Payment) (Payment, error)
	CompletePayment(ctx context.Context, id, chargeID string) error
	FailPayment(ctx context.Context, id string, why Failure) error
	RefundPayment(ctx context.Context, p Payment) (Payment, error)
	NoteFailure(ctx context.Context, paymentID string, roll int, reason string) (failures int, err error)
	FindPayment(ctx context.Context, id string) (*Payment, error)

	// Shipments
	InsertShipment(ctx context.Context, s Shipment) error
	PutShipment(ctx context.Context, s Shipment) error
	InsertShipmentIfAbsent(ctx context.Context, s Shipment) error
	FindShipment(ctx context.Context, orderID string) (*Shipment, error)

	// Queries of your own, in the language of the database: SQLite has ? for a parameter,
	// and PostgreSQL has $1, $2 and so on. A query that is to run in both numbers its
	// parameters in their sequence, because SQLite knows $1 too.
	Write(ctx context.Context, f func(*sql.Tx) error) error
	Read(ctx context.Context, query string, f func(scan func(...any) error) error, args ...any) error
}

var _ Store = (*DB)(nil)

// IsAddress reports whether a setting is the address of a PostgreSQL, and not the path of
// a file.
func IsAddress(where string) bool {
	return strings.HasPrefix(where, "postgres://") || strings.HasPrefix(where, "postgresql://")
}
