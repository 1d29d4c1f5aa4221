package main

import (
	"database/sql"
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"time"

	_ "github.com/mattn/go-sqlite3"

	"example.com/workbook/tools/class"
)

// event is one thing that has happened in the room. All that the page shows is
// replayed from these.
type event struct {
	At     time.Time     `json:"-"`
	Report *class.Report `json:"report,omitempty"` // a learner's
	Opened bool          `json:"opened,omitempty"` // the page came up
	Listen *bool         `json:"listen,omitempty"` // the instructor speaks, or the room works
	Lower  string        `json:"lower,omitempty"`  // whose hand the instructor has seen
}

// journal is a class's record, on disk.
type journal struct{ db *sql.DB }

const schema = `
CREATE TABLE IF NOT EXISTS room (code TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS events (
	n       INTEGER PRIMARY KEY,
	at      INTEGER NOT NULL, -- milliseconds since 1970
	learner TEXT,             -- the id; NULL when it is the instructor's
	seq     INTEGER,          -- the learner's own count
	body    TEXT NOT NULL CHECK (json_valid(body)),
	UNIQUE (learner, seq)
) STRICT;`

// openJournal opens a record, and makes it where there is none.
func openJournal(file string) (*journal, error) {
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		return nil, err
	}
	dsn := url.URL{Scheme: "file", Path: filepath.ToSlash(file), RawQuery: "_journal_mode=WAL&_synchronous=FULL&_busy_timeout=5000&_txlock=immediate"}
	db, err := sql.Open("sqlite3", dsn.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(schema); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &journal{db}, nil
}

// code is the room's join code: what make makes, the first time.
func (j *journal) code(make func() string) (code string, err error) {
	err = j.db.QueryRow("SELECT code FROM room").Scan(&code)
	if errors.Is(err, sql.ErrNoRows) {
		code = make()
		_, err = j.db.Exec("INSERT INTO room (code) VALUES (?)", code)
	}
	return code, err
}

// append writes an event down. A learner's report that is there already is not
// written again.
func (j *journal) append(e event) (fresh bool, err error) {
	body, err := json.Marshal(e)
	if err != nil {
		return false, err
	}
	var learner, seq any
	if e.Report != nil {
		learner, seq = e.Report.ID, e.Report.N
	}
	done, err := j.db.Exec("INSERT INTO events (at, learner, seq, body) VALUES (?, ?, ?, ?) ON CONFLICT (learner, seq) DO NOTHING",
		e.At.UnixMilli(), learner, seq, string(body))
	if err != nil {
		return false, err
	}
	rows, err := done.RowsAffected()
	return rows == 1, err
}

// replay hands out every event, in the order in which they were written.
func (j *journal) replay(take func(event)) error {
	rows, err := j.db.Query("SELECT at, body FROM events ORDER BY n")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var at int64
		var body string
		if err := rows.Scan(&at, &body); err != nil {
			return err
		}
		var e event
		if err := json.Unmarshal([]byte(body), &e); err != nil {
			return err
		}
		e.At = time.UnixMilli(at)
		take(e)
	}
	return rows.Err()
}
