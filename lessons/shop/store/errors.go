package store

import (
	"errors"

	"github.com/mattn/go-sqlite3"
)

// IsConflict says that a row with that id is there already: of the same id, or
// of the same value in another column that must be unique.
func IsConflict(err error) bool {
	switch extended(err) {
	case sqlite3.ErrConstraintUnique, sqlite3.ErrConstraintPrimaryKey, sqlite3.ErrConstraintRowID:
		return true
	}
	return false
}

// IsInvalid says that the table does not take such a row, now or ever: a status
// that does not exist, a value that is missing, one of the wrong type, one that
// points to no row.
func IsInvalid(err error) bool {
	switch extended(err) {
	case sqlite3.ErrConstraintCheck, sqlite3.ErrConstraintNotNull, sqlite3.ErrConstraintForeignKey, errConstraintDataType:
		return true
	}
	return false
}

// IsRetryable says that the row was not looked at: another process was writing
// for too long, or there was no room on the disk. Nothing was written.
func IsRetryable(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && (e.Code == sqlite3.ErrBusy || e.Code == sqlite3.ErrFull)
}

// errConstraintDataType is a value of the wrong type in a STRICT table. SQLite
// has this code, the driver has no name for it.
var errConstraintDataType = sqlite3.ErrConstraint.Extend(12)

func extended(err error) sqlite3.ErrNoExtended {
	var e sqlite3.Error
	if errors.As(err, &e) {
		return e.ExtendedCode
	}
	return 0
}
