// Package database has the words of check scripts for a lesson whose launched programs keep
// rows in PostgreSQL. A lesson's test passes them on as Lesson.Words. The package is separate
// from package check so that the other lessons need not link PostgreSQL's driver.
//
// In SQL, $K is a parameter with the script's own key. In JSON, $K is replaced by that key.
//
//	database                    a PostgreSQL serves the programs that the script
//	                            launches from now on, which get its address in
//	                            SHOP_DATABASE; the script runs alone
//	cut-commit before|after     break the connection at the next COMMIT of a
//	                            launched program: before the database has it, or
//	                            after the database has done it and before the
//	                            program has the answer
//	refuse-rows table sqlstate n  let the database refuse the next n rows of the
//	                            table with that SQLSTATE; all rows if n is below 0
//	end-connections             let the database end the connections of launched
//	                            programs, as an administrator can
//	kill-database               kill the database
//	start-database              wait until a launched program has tried twice to
//	                            connect to the killed database, and start it again
//	writable                    launched programs hold no transaction open
//	rows sql json               the query returns these rows, an array of objects; a
//	                            row may have more columns than the JSON
//
// The word rows reads the database once, and does not wait.
package database

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"

	"example.com/workbook/tools/check/cause"
	"example.com/workbook/tools/check/cause/shop"
	"example.com/workbook/tools/check/claim"
	"example.com/workbook/tools/check/record"
	"example.com/workbook/tools/check/script"
	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/postgres"
	"example.com/workbook/tools/postgres/door"
)

// Words are the words of this package.
var Words = script.Words{Table: table, Causes: shop.Causes}

var table = script.Table{
	{Name: "database", Do: useDatabase, Traits: script.Always(script.Traits{Alone: true}),
		Help: "a PostgreSQL serves the programs that the script launches from now on, which get its address in SHOP_DATABASE; the script runs alone"},
	{Name: "cut-commit", Args: "before|after", Do: armCut,
		Help: "break the connection at the next COMMIT of a launched program: before the database has it, or after the database has done it and before the program has the answer"},
	{Name: "refuse-rows", Args: "table sqlstate n", Do: refuseRows,
		Help: "let the database refuse the next n rows of the table with that SQLSTATE; all rows if n is below 0"},
	{Name: "end-connections", Do: endConnections,
		Help: "let the database end the connections of launched programs, as an administrator can"},
	{Name: "kill-database", Do: killDatabase,
		Help: "kill the database"},
	{Name: "start-database", Do: startDatabase,
		Help: "wait until a launched program has tried twice to connect to the killed database, and start it again"},
	{Name: "writable", Do: checkWritable,
		Help: "launched programs hold no transaction open"},
	{Name: "rows", Args: "sql json", Do: checkRows,
		Help: "the query returns these rows, an array of objects; a row may have more columns than the JSON"},
}

// running is the one database of this process, and doors are those of the scripts, by their keys.
var (
	running *postgres.Server
	start   sync.Mutex
	doors   sync.Map
)

// serverFor returns the database, which starts when a script first needs it.
func serverFor(s *script.Script) (*postgres.Server, error) {
	start.Lock()
	defer start.Unlock()
	if running != nil {
		return running, nil
	}
	// The first time, PostgreSQL is fetched, which may take longer than a script.
	programs, err := postgres.Find(context.Background(), os.Stderr)
	if err == nil && s.Ctx.Err() != nil {
		err = hint.New(hint.Setup, "check again", "%s is here now, and the script has no time left", postgres.Program.Title)
	}
	if err != nil {
		return nil, err
	}
	if running, err = postgres.Start(s.Ctx, s.World.Keeper(), programs, ""); err != nil {
		return nil, err
	}
	s.World.OnStop(running.Stop)
	return running, nil
}

func useDatabase(s *script.Script, _ []string) error {
	if err := s.World.ProgramError(); err != nil {
		return err
	}
	server, err := serverFor(s)
	if err != nil {
		return err
	}
	dir, err := s.World.Keeper().MkdirTemp()
	if err != nil {
		return err
	}
	d, err := door.Open(dir, server.Dir())
	if err != nil {
		return err
	}
	doors.Store(s.Subject, d)
	s.LaunchEnv = append(s.LaunchEnv, "SHOP_DATABASE="+d.Address(postgres.User))
	s.Undo(func() error { return leaveDatabase(s, d) })
	s.Notef("ran a PostgreSQL")
	return nil
}

// leaveDatabase leaves a database that runs and refuses nothing.
func leaveDatabase(s *script.Script, d *door.Door) error {
	doors.Delete(s.Subject)
	err := d.Close()
	select {
	case <-running.Done():
		err = errors.Join(err, running.Restart(context.Background()))
	default:
	}
	if s.Facts[cause.RefusedRows] {
		err = errors.Join(err, exec(context.Background(), `DROP SEQUENCE refused; DROP FUNCTION refuse CASCADE`))
	}
	return err
}

// doorOf returns the door of a script.
func doorOf(s *script.Script) (*door.Door, error) {
	d, ok := doors.Load(s.Subject)
	if !ok {
		return nil, errors.New("the word database does not come before this one")
	}
	return d.(*door.Door), nil
}

func armCut(s *script.Script, args []string) error {
	d, err := doorOf(s)
	if err != nil {
		return err
	}
	fact, what := cause.CommitLost, "broke the connection before the database had the COMMIT"
	if args[0] == "after" {
		fact, what = cause.CommitUnheard, "broke the connection after the database had done the COMMIT, and before its answer"
	}
	s.AddFact(fact)
	c := d.Arm(args[0] == "after")
	s.AtEnd(func() error {
		if !c.Hit() {
			return record.Fail(claim.ExpectCommitSent().With(claim.GotNotReached()))
		}
		s.Notef("%s", what)
		return nil
	})
	return nil
}

// refuseRows makes a trigger that counts with a sequence, because a rollback does not take its
// numbers back.
func refuseRows(s *script.Script, args []string) error {
	table, state, n := args[0], args[1], args[2]
	s.AddFact(cause.RefusedRows)
	s.Notef("made the database refuse rows of %s with SQLSTATE %s", table, state)
	return exec(s.Ctx, fmt.Sprintf(`CREATE SEQUENCE refused;
		CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			IF %s < 0 OR nextval('refused') <= %[1]s THEN
				RAISE EXCEPTION 'the row was refused' USING ERRCODE = '%s';
			END IF;
			RETURN NEW;
		END $$;
		CREATE TRIGGER refuse BEFORE INSERT ON %s FOR EACH ROW EXECUTE FUNCTION refuse()`, n, state, table))
}

func endConnections(s *script.Script, _ []string) error {
	s.AddFact(cause.Unplugged)
	s.Notef("let the database end all connections")
	return exec(s.Ctx, `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`)
}

func killDatabase(s *script.Script, _ []string) error {
	s.AddFact(cause.DatabaseAway)
	s.Notef("killed the database")
	return running.Kill()
}

func startDatabase(s *script.Script, _ []string) error {
	d, err := doorOf(s)
	if err != nil {
		return err
	}
	err = s.PollLaunched(func() (bool, error) { return d.Tries() >= 2, nil }, claim.ExpectDatabaseTried())
	if err != nil {
		return err
	}
	s.Notef("started the database again")
	return running.Restart(s.Ctx)
}

func checkWritable(s *script.Script, _ []string) error {
	var open bool
	err := query(s.Ctx, &open, `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE state LIKE 'idle in transaction%')`)
	if err == nil && open {
		return record.Fail(claim.ExpectWritable().With(claim.GotLocked()))
	}
	return err
}

func checkRows(s *script.Script, args []string) error {
	text, want := args[0], strings.ReplaceAll(args[1], "$K", s.Subject)
	var values []any
	if strings.Contains(text, "$K") {
		values = append(values, s.Subject)
	}
	var found []map[string]any
	err := query(s.Ctx, &found, `SELECT coalesce(json_agg(r), '[]') FROM (`+strings.ReplaceAll(text, "$K", "$1")+`) r`, values...)
	if err != nil {
		return err
	}
	got, err := json.Marshal(found)
	if err != nil {
		return err
	}
	ok, err := script.Holds(got, []byte(want))
	if err != nil || ok {
		return err
	}
	return record.Fail(claim.ExpectRows(want).With(claim.GotRows(string(got))))
}

// query reads the one value that a query returns.
func query(ctx context.Context, into any, text string, values ...any) error {
	return connect(ctx, func(c *pgx.Conn) error { return c.QueryRow(ctx, text, values...).Scan(into) })
}

// exec runs statements.
func exec(ctx context.Context, text string) error {
	return connect(ctx, func(c *pgx.Conn) error {
		_, err := c.Exec(ctx, text)
		return err
	})
}

// connect calls f with a connection that no fault of a script hits.
func connect(ctx context.Context, f func(*pgx.Conn) error) error {
	c, err := pgx.Connect(ctx, running.Address())
	if err != nil {
		return err
	}
	defer c.Close(context.Background())
	return f(c)
}
