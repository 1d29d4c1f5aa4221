package sandbox

import (
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/hint"
)

// A sandbox that is killed while it writes must keep every effect that it has accepted.
func TestKilledWhileWriting(t *testing.T) {
	l := start(t, "-fail", "20")
	said := l.chargeUntilKilled(100)
	l = l.restart()
	before := Effects(l.entries(""), Charge)
	assert.GreaterOrEqual(t, before, len(said))
	for key, id := range said {
		r := l.charge(key, "o-1")
		assert.Equal(t, 200, r.status, key)
		assert.Equal(t, id, r.body["charge_id"], key)
	}
	entries := l.entries("")
	assert.Equal(t, before, Effects(entries, Charge), "a kept answer is not an effect")
	assert.Equal(t, before, effectKeys(entries), "no key has two effects")
	assert.Equal(t, Requests(entries, Charge), ends(entries), "every request has an end")
}

// chargeUntilKilled sends charges from eight goroutines, and uses each key twice. It kills the
// sandbox when enough keys have been charged. It returns the charge ids of the answers, by key.
func (l *lab) chargeUntilKilled(enough int) map[string]any {
	var mu sync.Mutex
	said := map[string]any{}
	kill := sync.OnceFunc(func() { l.cmd.Process.Kill() })
	var lanes sync.WaitGroup
	for lane := range 8 {
		lanes.Go(func() {
			for i := 0; ; i++ {
				key := fmt.Sprintf("key-%d-%d", lane, i/2)
				r, err := l.send(l.ctx, "POST", "/gateway/charges", key, chargeBody("o-1"))
				if err != nil {
					return
				}
				mu.Lock()
				if r.status == 200 {
					said[key] = r.body["charge_id"]
				}
				if len(said) >= enough {
					kill()
				}
				mu.Unlock()
			}
		})
	}
	lanes.Wait()
	l.cmd.Wait()
	return said
}

func effectKeys(entries []Entry) int {
	keys := map[string]bool{}
	for _, e := range entries {
		if e.What == Effect {
			keys[e.Key] = true
		}
	}
	return len(keys)
}

func ends(entries []Entry) int {
	return countEntries(entries, func(e Entry) bool { return e.What == Answer || e.What == Dropped })
}

func TestRollsGoOnAfterKill(t *testing.T) {
	l := start(t, "-seed", "7", "-fail", "100")
	got := []int{l.charge("k", "o-1").roll(), l.charge("k", "o-1").roll()}
	l.killProcess()
	l = l.restart("-seed", "7", "-fail", "100")
	got = append(got, l.charge("k", "o-1").roll())
	assert.Equal(t, []int{Roll(7, "k", 1), Roll(7, "k", 2), Roll(7, "k", 3)}, got)
	assert.Equal(t, got, Rolls(l.entries("o-1")))
}

func TestRestartKeepsEveryKindOfAnswer(t *testing.T) {
	l := start(t)
	declined := `{"order_id":"o-1","amount_cents":5,"token":"tok_declined"}`
	l.charge("yes", "o-1")
	l.post("/gateway/charges", "no", declined)
	l.post("/gateway/refunds", "", `{"key":"void"}`)
	l.post("/gateway/refunds", "", `{"key":"yes"}`)
	tracking := l.post("/carrier/shipments", "yes", `{"order_id":"o-1"}`)
	unkeyed := l.post("/carrier/shipments", "", `{"order_id":"o-1"}`)
	l.killProcess()

	l = l.restart()
	assert.Equal(t, tracking, l.post("/carrier/shipments", "yes", `{"order_id":"o-1"}`))
	assert.NotEqual(t, unkeyed, l.post("/carrier/shipments", "", `{"order_id":"o-1"}`))
	assert.Equal(t, 402, l.post("/gateway/charges", "no", declined).status)
	assert.Equal(t, 410, l.charge("void", "o-1").status)
	assert.Equal(t, "refunded", l.ask("GET", "/gateway/charges/yes", "", "").body["status"])
	assert.Equal(t, 409, l.charge("yes", "o-2").status)
}

func TestTornLastLine(t *testing.T) {
	l := start(t)
	id := l.charge("k", "o-1").body["charge_id"]
	l.stopProcess()
	whole, err := os.ReadFile(l.ledger)
	require.NoError(t, err)
	torn := append(slices.Clip(whole), `{"n":4,"t":"2026-01-01T00:00:00Z","what":"effe`...)
	require.NoError(t, os.WriteFile(l.ledger, torn, 0o600))

	l = l.restart()
	mended, err := os.ReadFile(l.ledger)
	require.NoError(t, err)
	assert.Equal(t, string(whole), string(mended))
	assert.Equal(t, id, l.charge("k", "o-1").body["charge_id"])
	for i, e := range l.entries("") {
		assert.Equal(t, i+1, e.N)
	}
}

func TestForeignLedgerIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notes.txt")
	require.NoError(t, os.WriteFile(path, []byte("milk\neggs\n"), 0o600))
	_, err := openLedger(path)
	require.ErrorContains(t, err, "line 1 is not the sandbox's")
	assert.Equal(t, 3, hint.ExitCode(err))
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "milk\neggs\n", string(data))
}

func TestOneSandboxALedger(t *testing.T) {
	l := start(t)
	_, err := openLedger(l.ledger)
	assert.ErrorContains(t, err, "is in use")
}

// A sandbox that cannot write its ledger gives no answer, and ends.
func TestLedgerThatFails(t *testing.T) {
	broke := make(chan error, 9)
	c := Config{Ledger: filepath.Join(t.TempDir(), "ledger")}
	w, err := newWorld(c, func(err error) { broke <- err })
	require.NoError(t, err)
	require.NoError(t, w.ledger.file.Close())
	server := httptest.NewServer(w.newHandler())
	defer server.Close()
	l := &lab{Client: NewClient(server.URL)}
	_, err = l.send(t.Context(), "POST", "/gateway/charges", "k", chargeBody("o-1"))
	assert.Error(t, err)
	assert.ErrorContains(t, <-broke, "ledger")
}

// A reader that follows the ledger gets each entry once, even if the sandbox is killed in between.
func TestFollowingTheLedger(t *testing.T) {
	l := start(t)
	l.charge("key-1", "o-1")
	first, err := l.After(l.ctx, 0)
	require.NoError(t, err)
	require.Len(t, first, 3)

	more := make(chan []Entry)
	go func() {
		entries, _ := l.After(l.ctx, 3)
		more <- entries
	}()
	l.charge("key-2", "o-2")
	require.Equal(t, 4, (<-more)[0].N, "After waited for the new entry")

	l.cmd.Process.Kill()
	l.cmd.Wait()
	l = l.restart()
	entries, err := l.After(l.ctx, 5)
	require.NoError(t, err)
	require.Equal(t, 6, entries[0].N)
	_, err = l.After(l.ctx, -1)
	require.ErrorContains(t, err, "n is 0 or more")
}
