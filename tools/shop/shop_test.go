package shop

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/page"
	"example.com/workbook/tools/shop/client"
)

// fakeChild is a process that ends when it is told to.
type fakeChild struct {
	pid  int
	done chan struct{}
}

func (c *fakeChild) Pid() int              { return c.pid }
func (c *fakeChild) Done() <-chan struct{} { return c.done }
func (c *fakeChild) Exit() string          { return "signal: killed" }

// newFakeShop returns a shop whose program is a fakeChild. Each start sends the
// program on the channel.
func newFakeShop() (*shop, <-chan *fakeChild) {
	s := newShop(Options{Port: 8080})
	s.page = &page.Page{Hub: page.NewHub()}
	started := make(chan *fakeChild, 10)
	pid := 0
	s.unit("program").begin = func(context.Context) (child, error) {
		pid++
		c := &fakeChild{pid, make(chan struct{})}
		started <- c
		return c, nil
	}
	return s, started
}

// The page, the control socket, the recordings and the closing all look at a unit
// while it goes down and comes up. The race detector reports an access without the
// shop's lock.
func TestUnitsAreReadUnderTheLock(t *testing.T) {
	s, started := newFakeShop()
	u := s.unit("program")
	require.NoError(t, s.startUnit(t.Context(), u))
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					s.processOf(u)
					s.viewUnit(u)
					s.nextOrder()
				}
			}
		})
	}
	for range 20 {
		s.mu.Lock()
		changed := s.changed
		s.mu.Unlock()
		close((<-started).done)
		<-changed
		require.NotEmpty(t, s.viewUnit(u).Down)
		require.NoError(t, s.startUnit(t.Context(), u))
	}
	s.close()
	close(done)
	readers.Wait()
	require.Equal(t, 21, s.viewUnit(u).PID)
}

func TestAUnitThatRunsIsNotStartedAgain(t *testing.T) {
	s, _ := newFakeShop()
	require.NoError(t, s.startUnit(t.Context(), s.unit("program")))
	require.ErrorContains(t, s.startUnit(t.Context(), s.unit("program")), "program runs: pid 1")
}

func TestAKilledUnitTakesNoOrders(t *testing.T) {
	v := client.View{Units: []client.Unit{{Name: "restate", Down: "signal: killed"}, {Name: "program"}}}
	require.ErrorContains(t, v.CheckTakesOrders(), "nothing was ordered: restate is down")
	v.Units[0].Down, v.Units[1].Down = "", "signal: killed"
	require.NoError(t, v.CheckTakesOrders())
}

// A learner's service of an earlier version of the workbook has a SQLite file, whatever the
// shop has.
func TestServicesThatNeedSQLite(t *testing.T) {
	root := t.TempDir()
	dir := filepath.Join(root, "work", "03-virtual-object", "shipping")
	require.NoError(t, os.MkdirAll(dir, 0o777))
	file := filepath.Join(dir, "shipping.go")
	require.NoError(t, os.WriteFile(file, []byte("type Shipping struct{ DB store.Store }"), 0o666))
	require.NoError(t, checkShared(root))
	require.NoError(t, os.WriteFile(file, []byte("type Shipping struct{ DB *store.DB }"), 0o666))
	err := checkShared(root)
	require.EqualError(t, err, "work/03-virtual-object/shipping/shipping.go cannot use PostgreSQL: its database is a *store.DB, a SQLite file")
	require.Equal(t, 1, hint.ExitCode(err))
}
