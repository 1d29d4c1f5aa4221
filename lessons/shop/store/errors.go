package store

import (
	"errors"

	"github.com/mattn/go-sqlite3"
)

// IsConflict reports whether the row exists already: there is a row with the same id, or
// with the same value in another column that must be unique.
func IsConflict(err error) bool {
	switch extended(err) {
	case sqlite3.ErrConstraintUnique, sqlite3.ErrConstraintPrimaryKey, sqlite3.ErrConstraintRowID:
		return true
	}
	return false
}

// IsInvalid reports whether the table refuses such a row, now and later: its status is
// unknown, a value is missing or has the wrong type, or a reference points to no row.
func IsInvalid(err error) bool {
	switch extended(err) {
	case sqlite3.ErrConstraintCheck, sqlite3.ErrConstraintNotNull, sqlite3.ErrConstraintForeignKey, errConstraintDataType:
		return true
	}
	return false
}

// IsRetryable reports whether a later try may succeed: another process was writing for
// too long, or the disk was full. Nothing was written.
func IsRetryable(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && (e.Code == sqlite3.ErrBusy || e.Code == sqlite3.ErrFull)
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
