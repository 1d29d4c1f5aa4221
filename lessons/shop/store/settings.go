package store

import (
	"database/sql"
	"fmt"
	"net/url"
	"strconv"
	"time"
)

// settings are what each connection of a pool is opened with. They are part of
// the address, for a pool opens and closes connections as it likes: a PRAGMA
// that is sent to the pool reaches one of them, and the next one knows nothing
// of it.
type settings []setting

// setting is one of the driver's keys, and how to ask SQLite whether it took:
// the driver passes over a key that it does not know in silence.
type setting struct {
	key, value string
	pragma     string // "" where SQLite has no name for it
	want       string // what the pragma answers
}

func common(busy time.Duration) settings {
	ms := strconv.FormatInt(busy.Milliseconds(), 10)
	return settings{
		// Another process writes: wait that long before failing.
		{"_busy_timeout", ms, "busy_timeout", ms},
		// Off unless asked for, in SQLite, for each connection.
		{"_foreign_keys", "on", "foreign_keys", "1"},
		// A log beside the file: who reads sees the last commit, and waits for
		// nobody.
		{"_journal_mode", "WAL", "journal_mode", "wal"},
		// A commit is on the disk before it is answered. Said out loud, since the
		// driver turns this down to NORMAL with WAL: then a power cut could take
		// back a row that we have told Restate of.
		{"_synchronous", "FULL", "synchronous", "2"},
		// A connection keeps its statements: to parse one takes as long as to run it.
		{"_stmt_cache_size", "32", "", ""},
	}
}

func writing(busy time.Duration) settings {
	return append(common(busy),
		// A transaction has the right to write from its first moment. Without
		// this, one that reads before it writes can fail in the middle, when
		// somebody else has written in between, and no waiting helps.
		setting{"_txlock", "immediate", "", ""})
}

func reading(busy time.Duration) settings {
	return append(common(busy),
		// What is meant to read can't write.
		setting{"_query_only", "on", "query_only", "1"})
}

func (s settings) query() url.Values {
	q := url.Values{}
	for _, one := range s {
		q.Set(one.key, one.value)
	}
	return q
}

// readBack asks SQLite for what was set.
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
			return fmt.Errorf("%s is %s, not %s: the driver did not take %s=%s", one.pragma, got, one.want, one.key, one.value)
		}
	}
	return nil
}
