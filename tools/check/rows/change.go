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
	"example.com/workbook/tools/check/watchdog"
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
	table, status, which := args[0], "", "writes to "+args[0]
	if len(args) > 1 {
		status = args[1]
		which += " with the status " + status
	}
	s.Notef("made the database refuse %s", which)
	s.AddFact(cause.Denied)
	s.Undo(func() error { return lift(s, table) })
	s.Denies = true
	for _, verb := range verbs {
		// Neither a name nor the text of a trigger can have parameters. The key is made
		// from the script's name: letters, digits, dots and dashes.
		err := exec(s, fmt.Sprintf(`CREATE TRIGGER "%s" BEFORE %s ON %s WHEN instr(NEW.%s, '%s') AND '%s' IN ('', NEW.status)
			BEGIN SELECT RAISE(ABORT, '%s%s'); END`, trigger(s, table, verb), verb, table, orderColumn(table), s.Subject, status, watchdog.Denial, which))
		if err != nil {
			return err
		}
	}
	return nil
}

// orderColumn returns the column that has the order's id.
func orderColumn(table string) string {
	if table == "orders" {
		return "id"
	}
	return "order_id"
}

func allowRows(s *script.Script, args []string) error {
	s.Notef("allowed writes to %s again", args[0])
	s.Denies = false
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

// hideTable gives a table another name. Only the script's own program may notice that, so
// the script needs a database of its own.
func hideTable(s *script.Script, args []string) error {
	if s.OwnDatabase == "" {
		return errors.New("the script has no database of its own; hint: restart SHOP_DB=name")
	}
	s.Notef("made the database refuse every query of %s", args[0])
	s.AddFact(cause.Denied)
	return exec(s, fmt.Sprintf(`ALTER TABLE "%s" RENAME TO "%s, hidden"`, args[0], args[0]))
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
	s.Undo(func() error { return unlockDatabase(s, nil) })
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
