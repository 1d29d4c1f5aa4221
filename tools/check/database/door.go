package database

import (
	"net"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgx/v5/pgproto3"

	"example.com/workbook/tools/process"
)

// socketName is the name that PostgreSQL and its drivers give to a socket.
const socketName = ".s.PGSQL.5432"

// door is the address of the database for the launched programs of one script. It passes all
// messages on, and can break a connection exactly at a COMMIT.
type door struct {
	keeper   *process.Keeper
	server   string // the socket of the database
	dir      string
	listener net.Listener
	tries    atomic.Int32 // connections to a database that is away

	mu  sync.Mutex
	cut *cut // nil if none is armed
}

// cut breaks the connection of the next COMMIT.
type cut struct {
	done bool // the database does the COMMIT, and only its answer is lost
	hit  atomic.Bool
}

func openDoor(k *process.Keeper, server string) (*door, error) {
	dir, err := k.MkdirTemp()
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("unix", filepath.Join(dir, socketName))
	if err != nil {
		return nil, err
	}
	d := &door{keeper: k, server: filepath.Join(server, socketName), dir: dir, listener: l}
	go d.accept()
	return d, nil
}

// address returns what SHOP_DATABASE needs to be.
func (d *door) address(user string) string { return "postgres://" + user + "@/postgres?host=" + d.dir }

func (d *door) close() error {
	d.listener.Close()
	return d.keeper.RemoveDir(d.dir)
}

func (d *door) accept() {
	for {
		client, err := d.listener.Accept()
		if err != nil {
			return
		}
		go d.serve(client)
	}
}

// arm prepares the cut of the next COMMIT.
func (d *door) arm(done bool) *cut {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.cut = &cut{done: done}
	return d.cut
}

// takeCut returns the cut that hits the COMMIT which a program sends now, or nil.
func (d *door) takeCut() *cut {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := d.cut
	d.cut = nil
	return c
}

// serve passes on the messages of one connection, until either side closes it.
func (d *door) serve(client net.Conn) {
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
	door     *door
	client   net.Conn
	program  *pgproto3.Backend
	database *pgproto3.Frontend
	texts    map[string]string   // of prepared statements, by their names
	bound    map[string]string   // of statements with their values, by their names
	open     atomic.Bool         // a transaction is open
	lost     atomic.Pointer[cut] // the program gets no more answers
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
