package restate

import (
	"context"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process"
)

const (
	readyLimit = 30 * time.Second // 50 times what it takes
	tryLimit   = 5 * time.Second
	poll       = 10 * time.Millisecond
)

// A Server is a restate-server with its folder. Its methods are for one
// goroutine at a time; its clients are for any number.
type Server struct {
	keeper  *process.Keeper
	binary  string
	options Options // as it runs: Dir full, ports known
	made    bool    // the folder is ours to remove
	process *process.Process
	ingress *Ingress
	admin   *Admin
}

// Start runs the server and returns when it serves: admin, ingress and the
// partition behind them. ctx bounds the start, not the server's life. k ends
// the server if this process dies first.
//
// A [hint.Error] describes what a person can fix: a port that is taken, an address
// that is not loopback, a path that is too long.
func Start(ctx context.Context, k *process.Keeper, binary string, o Options) (*Server, error) {
	s, err := New(k, binary, o)
	if err != nil {
		return nil, err
	}
	if err := s.runServer(ctx); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

// New returns a server with its folder and its addresses. It does not run yet.
func New(k *process.Keeper, binary string, o Options) (*Server, error) {
	s := &Server{keeper: k, binary: binary, options: o}
	if err := s.prepareStart(); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

// Attach returns a server that another process has started in dir, on unix
// sockets. Only its clients can be used: it is not ours to stop or to restart.
func Attach(dir string) *Server {
	s := &Server{options: Options{Dir: dir}}
	s.connectClients()
	return s
}

// prepareStart chooses addresses, folder and clients.
func (s *Server) prepareStart() (err error) {
	o := &s.options
	if o.IngressAddr, err = freeAddr(o.IngressAddr); err != nil {
		return err
	}
	if o.AdminAddr, err = freeAddr(o.AdminAddr); err != nil {
		return err
	}
	if o.Dir == "" {
		o.Dir, err = s.keeper.MkdirTemp()
		s.made = true
	} else {
		o.Dir, err = filepath.Abs(o.Dir)
	}
	if err != nil {
		return err
	}
	if err := o.checkDir(); err != nil {
		return err
	}
	s.connectClients()
	return os.MkdirAll(filepath.Join(o.Dir, "tmp"), 0o700)
}

func (s *Server) connectClients() {
	s.ingress = NewIngress(s.partAddr("ingress", s.options.IngressAddr))
	s.admin = NewAdmin(s.partAddr("admin", s.options.AdminAddr))
}

func (s *Server) partAddr(part, tcp string) string {
	if tcp != "" {
		return "http://" + tcp
	}
	return "unix:" + s.options.socketPath(part)
}

// runServer starts the process and waits until it serves. One that does not is
// killed.
func (s *Server) runServer(ctx context.Context) (err error) {
	if err := s.Run(); err != nil {
		return err
	}
	ctx, cancel := process.WithAwakeTimeout(ctx, readyLimit)
	defer cancel()
	return s.AwaitReady(ctx)
}

// Run starts the process. It serves later: see [Server.AwaitReady].
func (s *Server) Run() error {
	if s.options.isInUse() {
		return hint.New(hint.Setup, "stop that server, or use another folder", "a restate-server runs in %s already", s.options.Dir)
	}
	cmd := exec.Command(s.binary, s.options.arguments()...)
	cmd.Env = s.options.environment()
	p, err := process.StartLogged(s.keeper, s.LogFile(), cmd)
	if err != nil {
		return hint.New(hint.Setup, mendBinary(s.binary), "cannot start restate-server: %w", err)
	}
	s.process = p
	return nil
}

// AwaitReady waits until a server that runs serves: admin, ingress, and the partition
// behind them, which another node of its cluster may lead. One that does not serve
// when ctx is done is killed.
func (s *Server) AwaitReady(ctx context.Context) error {
	tick := time.NewTicker(poll)
	defer tick.Stop()
	for !s.isReady(ctx) {
		select {
		case <-tick.C:
		case <-s.Done():
			return startError(s.binary, s.process.Err(), s.LogFile())
		case <-ctx.Done():
			s.process.Kill()
			return hint.New(hint.Setup, "try again when this machine has less to do; make doctor makes a call too", "restate-server does not serve yet: %w: %s", context.Cause(ctx), logTail(s.LogFile()))
		}
	}
	return nil
}

// isReady reports whether the server serves. It asks the partition too: admin and ingress are healthy 0.15 s before it
// is. Queries alone don't tell: after a restart they work, fail, and work
// again, as the partition reads in its log who led it before. The ingress
// holds a look-up until the partition's leader answers, that it knows of none. In a
// cluster it may ask a node that was killed, and then it is silent without end.
func (s *Server) isReady(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, tryLimit)
	defer cancel()
	const unknown = "/restate/output/inv_1jHVGFa9bmWE50Oy4vXeSB0pqJOEk5OFoT"
	return getStatus(ctx, s.admin.client, s.admin.base+"/health") == http.StatusOK &&
		getStatus(ctx, s.ingress.client, s.ingress.base+"/restate/health") == http.StatusOK &&
		getStatus(ctx, s.ingress.client, s.ingress.base+unknown) == http.StatusNotFound &&
		s.admin.query(ctx, "SELECT id FROM sys_invocation LIMIT 1", new([]struct{})) == nil
}

// Pid returns the number of the server's process, which leads a process group of its own.
func (s *Server) Pid() int { return s.process.Pid() }

// Done returns a channel that is closed when the process that runs now has ended.
func (s *Server) Done() <-chan struct{} { return s.process.Done() }

// Exit waits for the end of the process that runs now and returns how it was, in
// words for people.
func (s *Server) Exit() string { return s.process.Exit() }

// Dir returns the base dir.
func (s *Server) Dir() string { return s.options.Dir }

// HasSockets reports whether the sockets of a server without TCP addresses are still in its
// folder. Some systems remove old files from the folder for temporary files, and no client
// reaches the server then.
func (s *Server) HasSockets() bool {
	for part, tcp := range map[string]string{"ingress": s.options.IngressAddr, "admin": s.options.AdminAddr} {
		if _, err := os.Lstat(s.options.socketPath(part)); tcp == "" && err != nil {
			return false
		}
	}
	return true
}

// LogFile returns the path of the file where the server logs to, a JSON object a line.
func (s *Server) LogFile() string { return filepath.Join(s.options.Dir, "server.log") }

// IngressAddr returns the address of the server's ingress API, host:port; "" if that is a
// unix socket.
func (s *Server) IngressAddr() string { return s.options.IngressAddr }

// Ingress returns a client of the server's ingress API.
func (s *Server) Ingress() *Ingress { return s.ingress }

// Admin returns a client of the server's admin API.
func (s *Server) Admin() *Admin { return s.admin }

// Kill ends the server as a crash does: SIGKILL. The folder stays.
func (s *Server) Kill() error {
	s.process.Kill()
	s.hangUp()
	return nil
}

// Restart starts the server again, in the same folder with the same options.
// One that still runs is killed first.
func (s *Server) Restart(ctx context.Context) error {
	if err := s.Kill(); err != nil {
		return err
	}
	return s.runServer(ctx)
}

// Stop ends the server, by force after a second, and removes the folder if
// Start made it.
func (s *Server) Stop() error {
	if s.process != nil {
		s.process.Stop()
	}
	if s.ingress != nil {
		s.hangUp()
	}
	if !s.made {
		return nil
	}
	return errors.Join(os.RemoveAll(s.options.Dir), s.keeper.ForgetDir(s.options.Dir))
}

// hangUp closes connections that the server does not answer any more.
func (s *Server) hangUp() {
	s.ingress.client.CloseIdleConnections()
	s.admin.client.CloseIdleConnections()
}
