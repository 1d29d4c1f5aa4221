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

// event is one thing that happened in the classroom. The page's state is computed from events
// alone.
type event struct {
	At     time.Time     `json:"-"`
	Report *class.Report `json:"report,omitempty"` // the report of a learner
	Opened bool          `json:"opened,omitempty"` // true if the page was opened
	Listen *bool         `json:"listen,omitempty"` // true if the instructor begins to speak, false if the learners begin to work
	Lower  string        `json:"lower,omitempty"`  // the id of the learner whose raised hand the instructor has seen
}

// journal is the record of a class, in a database.
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

// openJournal opens a record, and creates it if it does not exist.
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

// joinCode returns the room's join code. The first call stores the code that generate
// returns.
func (j *journal) joinCode(generate func() string) (code string, err error) {
	err = j.db.QueryRow("SELECT code FROM room").Scan(&code)
	if errors.Is(err, sql.ErrNoRows) {
		code = generate()
		_, err = j.db.Exec("INSERT INTO room (code) VALUES (?)", code)
	}
	return code, err
}

// appendEvent stores an event. It returns false if the event is a learner's report that is already
// stored.
func (j *journal) appendEvent(e event) (fresh bool, err error) {
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

// replayEvents passes every event to apply, in the order in which they were stored.
func (j *journal) replayEvents(apply func(event)) error {
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
		apply(e)
	}
	return rows.Err()
}
