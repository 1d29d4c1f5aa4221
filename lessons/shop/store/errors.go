package store

import (
	"errors"
	"strings"

	"github.com/mattn/go-sqlite3"
)

// IsConflict reports whether the row exists already: there is a row with the same id, or
// with the same value in another column that must be unique.
func IsConflict(err error) bool {
	switch extended(err) {
	case sqlite3.ErrConstraintUnique, sqlite3.ErrConstraintPrimaryKey, sqlite3.ErrConstraintRowID:
		return true
	}
	return sqlState(err) == "23505"
}

// IsInvalid reports whether the table refuses such a row, now and later: its status is
// unknown, a value is missing or has the wrong type, or a reference points to no row.
func IsInvalid(err error) bool {
	switch extended(err) {
	case sqlite3.ErrConstraintCheck, sqlite3.ErrConstraintNotNull, sqlite3.ErrConstraintForeignKey, errConstraintDataType:
		return true
	}
	switch state := sqlState(err); state {
	case "23514", "23502", "23503": // a check, NULL, a foreign key
		return true
	default:
		return strings.HasPrefix(state, "22") // a value that the type of the column does not have
	}
}

// IsRetryable reports whether a later try may succeed: another process was writing for
// too long, the disk was full, or PostgreSQL could not be reached. Nothing was written.
//
// A connection to PostgreSQL that breaks during a write is not in this class, because
// nobody knows then whether the rows were written. A step runs again after any of these
// errors. The methods of [Store] are made for a second run, so that the step is right
// in both cases.
func IsRetryable(err error) bool {
	var e sqlite3.Error
	if errors.As(err, &e) {
		return e.Code == sqlite3.ErrBusy || e.Code == sqlite3.ErrFull
	}
	var unsent interface{ NothingWritten() bool } // the server was not reached
	if errors.As(err, &unsent) && unsent.NothingWritten() {
		return true
	}
	switch state := sqlState(err); state {
	case "40001", "40P01", // two transactions were in each other's way
		"55P03", "57014", // waited too long for another one, or ran too long
		"25P03", // did nothing for too long
		"57P03": // the server starts or stops
		return true
	default:
		return strings.HasPrefix(state, "53") // no room on the disk, no memory, too many connections
	}
}

// errConstraintDataType is SQLite's code for a value of the wrong type in a STRICT table.
// The driver has no name for this code.
var errConstraintDataType = sqlite3.ErrConstraint.Extend(12)

func extended(err error) sqlite3.ErrNoExtended {
	var e sqlite3.Error
	if errors.As(err, &e) {
		return e.ExtendedCode
	}
	return 0
}

// sqlState returns the five characters with which PostgreSQL tells the kind of an error,
// or "" if the server has not answered with an error. The list is an appendix of its
// manual, "PostgreSQL Error Codes". Programs that keep their rows in SQLite do not need
// PostgreSQL's driver, so this package looks for the driver's method only.
func sqlState(err error) string {
	var e interface{ SQLState() string }
	if errors.As(err, &e) {
		return e.SQLState()
	}
	return ""
}
