package store

import (
	"database/sql"
	"fmt"
	"net/url"
	"strconv"
	"time"
)

// settings are the settings of each connection of a pool. They are part of the address,
// because a pool opens and closes connections by itself: a PRAGMA that is sent to the
// pool reaches one connection only.
type settings []setting

// setting is one key of the driver, and the pragma that tells whether the key was
// accepted. The driver ignores an unknown key without an error.
type setting struct {
	key, value string
	pragma     string // "" if SQLite has no pragma for it
	want       string // the expected answer of the pragma
}

func common(busy time.Duration) settings {
	ms := strconv.FormatInt(busy.Milliseconds(), 10)
	return settings{
		// How long to wait while another process writes, before failing.
		{"_busy_timeout", ms, "busy_timeout", ms},
		// SQLite's default is off, for each connection.
		{"_foreign_keys", "on", "foreign_keys", "1"},
		// A write-ahead log beside the file: a reader sees the last commit and never
		// waits.
		{"_journal_mode", "WAL", "journal_mode", "wal"},
		// A commit is on the disk before it returns. The driver's default with WAL is
		// NORMAL: a power cut could then lose a row whose step is in the journal.
		{"_synchronous", "FULL", "synchronous", "2"},
		// A connection keeps its parsed statements: parsing takes as long as running.
		{"_stmt_cache_size", "32", "", ""},
	}
}

func writing(busy time.Duration) settings {
	return append(common(busy),
		// A transaction may write from its beginning. With the default, a transaction
		// that reads first and writes later fails if another one wrote in between,
		// and waiting does not help.
		setting{"_txlock", "immediate", "", ""})
}

func reading(busy time.Duration) settings {
	return append(common(busy),
		// A connection for reading cannot write.
		setting{"_query_only", "on", "query_only", "1"})
}

func (s settings) query() url.Values {
	q := url.Values{}
	for _, one := range s {
		q.Set(one.key, one.value)
	}
	return q
}

// readBack returns an error if SQLite does not have the settings.
func (s settings) readBack(p *sql.DB) error {
	for _, one := range s {
		if one.pragma == "" {
			continue
		}
		var got string
		if err := p.QueryRow("PRAGMA " + one.pragma).Scan(&got); err != nil {
			return err
		}
		if got != one.want {
			return fmt.Errorf("%s is %s, not %s: the driver did not accept %s=%s", one.pragma, got, one.want, one.key, one.value)
		}
	}
	return nil
}
