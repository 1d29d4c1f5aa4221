package rows

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/mattn/go-sqlite3"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/script"
)

func changeRow(s *script.Script, args []string) error {
	db, err := open(s.Database(), "mode=rw")
	if err != nil {
		return err
	}
	defer db.Close()
	done, err := db.ExecContext(s.Ctx, args[0], arguments(args[0], s.Subject)...)
	if err != nil {
		return lockedError(err)
	}
	n, err := done.RowsAffected()
	if err != nil {
		return err
	}
	if n == 0 {
		return record.Fail(claim.ExpectRowToChange(args[0]).With(claim.GotNoRow()))
	}
	s.Notef("changed the row, as another program would")
	s.AddFact(cause.Changed)
	return nil
}

// denyRows makes two triggers that refuse rows with the script's key, so that rows of
// other scripts are not affected.
func denyRows(s *script.Script, args []string) error {
	s.Notef("made the database refuse writes to %s", args[0])
	s.AddFact(cause.Denied)
	s.AtEnd(func() error { return lift(s, args[0]) })
	for _, verb := range verbs {
		// Neither a name nor the text of a trigger can have parameters. The key is made
		// from the script's name: letters, digits, dots and dashes.
		err := exec(s, fmt.Sprintf(`CREATE TRIGGER "%s" BEFORE %s ON %s WHEN instr(NEW.order_id, '%s')
			BEGIN SELECT RAISE(ABORT, 'the check refuses writes to %s'); END`, trigger(s, args[0], verb), verb, args[0], s.Subject, args[0]))
		if err != nil {
			return err
		}
	}
	return nil
}

func allowRows(s *script.Script, args []string) error {
	s.Notef("allowed writes to %s again", args[0])
	return lift(s, args[0])
}

var verbs = []string{"INSERT", "UPDATE"}

func lift(s *script.Script, table string) error {
	for _, verb := range verbs {
		if err := exec(s, fmt.Sprintf(`DROP TRIGGER IF EXISTS "%s"`, trigger(s, table, verb))); err != nil {
			return err
		}
	}
	return nil
}

func trigger(s *script.Script, table, verb string) string {
	return "deny " + verb + " " + table + " " + s.Subject
}

// exec ignores the script's time limit, because it also cleans up after a script whose
// time is over.
func exec(s *script.Script, text string) error {
	db, err := open(s.Database(), "mode=rw")
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.Exec(text)
	return lockedError(err)
}

// locks are the transactions that scripts have open, by their keys.
var locks sync.Map

// lockDatabase begins a write transaction, and leaves it open.
func lockDatabase(s *script.Script, _ []string) error {
	db, err := open(s.Database(), "mode=rw")
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(context.Background(), nil)
	if err != nil {
		return lockedError(errors.Join(err, db.Close()))
	}
	s.Notef("locked the database, as another program might")
	locks.Store(s.Subject, func() error { return errors.Join(tx.Rollback(), db.Close()) })
	s.AtEnd(func() error { return unlockDatabase(s, nil) })
	return nil
}

func unlockDatabase(s *script.Script, _ []string) error {
	end, held := locks.LoadAndDelete(s.Subject)
	if !held {
		return nil
	}
	s.Notef("unlocked the database")
	return end.(func() error)()
}

// checkWritable begins a write transaction, as any other program would.
func checkWritable(s *script.Script, _ []string) error {
	db, err := open(s.Database(), "mode=rw&_busy_timeout="+soon)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.Exec("BEGIN IMMEDIATE; ROLLBACK")
	return lockedError(err)
}

// lockedError turns the error of a locked database into a failed claim, because the
// learner's program holds the lock.
func lockedError(err error) error {
	var e sqlite3.Error
	if errors.As(err, &e) && e.Code == sqlite3.ErrBusy {
		return record.Fail(claim.ExpectWritable().With(claim.GotLocked()))
	}
	return err
}
