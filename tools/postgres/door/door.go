// Package door gives a PostgreSQL a second address, at which a connection can break exactly at a
// COMMIT, either before the database has the COMMIT, or after the database has done the COMMIT and
// before the program has the answer.
package door

import (
	"net"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgx/v5/pgproto3"
)

// socketName is the name that PostgreSQL and its drivers give to a socket.
const socketName = ".s.PGSQL.5432"

// A Door passes on all messages between programs and a database.
type Door struct {
	server   string // the socket of the database
	dir      string
	listener net.Listener
	tries    atomic.Int32

	mu  sync.Mutex
	cut *Cut // nil if none is armed
}

// A Cut breaks the connection of the next COMMIT.
type Cut struct {
	done bool // the database does the COMMIT, and only its answer is lost
	hit  atomic.Bool
}

// Hit reports whether the cut has broken a connection.
func (c *Cut) Hit() bool { return c.hit.Load() }

// Open opens a door in the folder dir, to the PostgreSQL whose socket is in the folder server.
func Open(dir, server string) (*Door, error) {
	l, err := net.Listen("unix", filepath.Join(dir, socketName))
	if err != nil {
		return nil, err
	}
	d := &Door{server: filepath.Join(server, socketName), dir: dir, listener: l}
	go d.accept()
	return d, nil
}

// Address returns the address of the database postgres through the door.
func (d *Door) Address(user string) string { return "postgres://" + user + "@/postgres?host=" + d.dir }

// Tries returns how many connections have found no database.
func (d *Door) Tries() int { return int(d.tries.Load()) }

// Close stops listening. Connections stay open until a side closes them.
func (d *Door) Close() error { return d.listener.Close() }

func (d *Door) accept() {
	for {
		client, err := d.listener.Accept()
		if err != nil {
			return
		}
		go d.serve(client)
	}
}

// Arm prepares the cut of the next COMMIT. If done is true, the database does the COMMIT.
func (d *Door) Arm(done bool) *Cut {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.cut = &Cut{done: done}
	return d.cut
}

// takeCut returns the cut that hits the COMMIT which a program sends now, or nil.
func (d *Door) takeCut() *Cut {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := d.cut
	d.cut = nil
	return c
}

// serve passes on the messages of one connection, until either side closes it.
func (d *Door) serve(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("unix", d.server)
	if err != nil {
		d.tries.Add(1)
		return
	}
	defer server.Close()
	p := &passage{
		door: d, client: client, texts: map[string]string{}, bound: map[string]string{},
		program:  pgproto3.NewBackend(client, client),
		database: pgproto3.NewFrontend(server, server),
	}
	first, err := p.program.ReceiveStartupMessage()
	if err != nil {
		return
	}
	p.database.Send(first)
	if p.database.Flush() != nil {
		return
	}
	go p.answer()
	p.request()
}

// passage is one connection of a program to the database.
type passage struct {
	door     *Door
	client   net.Conn
	program  *pgproto3.Backend
	database *pgproto3.Frontend
	texts    map[string]string   // of prepared statements, by their names
	bound    map[string]string   // of statements with their values, by their names
	open     atomic.Bool         // a transaction is open
	lost     atomic.Pointer[Cut] // the program gets no more answers
}

// request passes on what the program sends.
func (p *passage) request() {
	for {
		m, err := p.program.Receive()
		if err != nil {
			return
		}
		if p.commits(m) {
			if c := p.door.takeCut(); c != nil && !c.done {
				c.hit.Store(true)
				return
			} else if c != nil {
				p.lost.Store(c)
			}
		}
		p.database.Send(m)
		if p.database.Flush() != nil {
			return
		}
	}
}

// answer passes on what the database answers. The answer that is ready for the next statement
// comes when a COMMIT is done.
func (p *passage) answer() {
	defer p.client.Close()
	for {
		m, err := p.database.Receive()
		if err != nil {
			return
		}
		ready, isReady := m.(*pgproto3.ReadyForQuery)
		if isReady {
			p.open.Store(ready.TxStatus != 'I')
		}
		if c := p.lost.Load(); c != nil {
			if isReady {
				c.hit.Store(true)
				return
			}
			continue
		}
		p.program.Send(m)
		if p.program.Flush() != nil {
			return
		}
	}
}

// changes matches the beginning of a statement that may change rows.
var changes = regexp.MustCompile(`(?i)^\s*(?:insert|update|delete|merge|with)\b`)

// commits reports whether a message ends a transaction with COMMIT, or is a transaction of its
// own that changes rows.
func (p *passage) commits(m pgproto3.FrontendMessage) bool {
	var text string
	switch m := m.(type) {
	case *pgproto3.Parse:
		p.texts[m.Name] = m.Query
	case *pgproto3.Bind:
		p.bound[m.DestinationPortal] = p.texts[m.PreparedStatement]
	case *pgproto3.Execute:
		text = p.bound[m.Portal]
	case *pgproto3.Query:
		text = m.String
	}
	verb := strings.ToLower(strings.TrimSpace(text))
	return strings.HasPrefix(verb, "commit") || !p.open.Load() && changes.MatchString(text)
}
