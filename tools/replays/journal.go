package replays

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/restate"
)

// A Journal is one invocation that has not ended, with what it has done so far.
type Journal struct {
	Server  string // the version of the server that it was read from, such as 1.7.12
	ID      string // of the invocation
	Service string
	Key     string // of the object or workflow; "" for a service's
	Handler string
	Status  string // such as suspended

	Protocol int     // version of the service protocol; 0 for an invocation that has not begun
	Size     int     // how many entries there are, so that a part of a recording is not taken for the whole
	Entries  []Entry // from the input on, in the order in which the server replays them
}

// An Entry is one message of a journal: a command of the handler, or a notification.
type Entry struct {
	Type string // as in Restate's table sys_journal, such as Command: Run
	Raw  []byte // the message's body
}

// Target returns what was called: Service/Handler, or Service/key/Handler.
func (j Journal) Target() string {
	if j.Key == "" {
		return j.Service + "/" + j.Handler
	}
	return j.Service + "/" + j.Key + "/" + j.Handler
}

// hasWait reports whether the server waits for something before it calls the handler again.
func (j Journal) hasWait() bool { return j.Status == "suspended" }

// errTorn means that a journal was read while it changed.
var errTorn = errors.New("the journal is not whole")

// check returns errTorn for a journal with missing entries.
func (j Journal) check() error {
	if len(j.Entries) == 0 || len(j.Entries) < j.Size || j.Entries[0].Type != "Command: Input" {
		return errTorn
	}
	return nil
}

// Read returns the invocations of from: in flight on a server, as Find does, or recorded in a folder, as Open does.
func Read(ctx context.Context, from string) ([]Journal, error) {
	if strings.Contains(from, "://") || strings.HasPrefix(from, "unix:") {
		return Find(ctx, from)
	}
	return Open(from)
}

// Find returns the invocations in flight of a running server, whose admin API is at addr: http://host:port or
// unix:/path. It only reads. A journal that changes at each reading stays without entries, and Judge then cannot tell.
//
// Every error that a person can mend is a [hint.Error] of kind Setup: no answer, another version.
func Find(ctx context.Context, addr string) ([]Journal, error) {
	if u, err := url.Parse(addr); err != nil || u.Scheme != "unix" && u.Host == "" {
		return nil, hint.New(hint.Usage, "for example: http://127.0.0.1:9070", "%s is no address of an admin API", addr)
	}
	admin := restate.NewAdmin(addr)
	version, err := admin.Version(ctx)
	if err != nil || version == "" {
		return nil, noAdmin(ctx, addr, err)
	}
	if err := restate.CheckVersion(addr, version); err != nil {
		return nil, err
	}
	rows, err := admin.Invocations(ctx, restate.InvocationFilter{Statuses: restate.InFlight})
	if err != nil {
		return nil, noAdmin(ctx, addr, err)
	}
	// The query for the invocations and the one for their journals see two moments. An invocation that went on
	// between them is read again.
	var all []Journal
	for try := 0; len(rows) > 0 && try < 5; try++ {
		found, torn, err := readJournals(ctx, admin, version, rows)
		if err != nil {
			return nil, noAdmin(ctx, addr, err)
		}
		all = append(all, found...)
		rows = nil
		if len(torn) > 0 {
			if rows, err = admin.Invocations(ctx, restate.InvocationFilter{IDs: torn, Statuses: restate.InFlight}); err != nil {
				return nil, noAdmin(ctx, addr, err)
			}
		}
	}
	for _, r := range rows {
		all = append(all, newJournal(version, r))
	}
	slices.SortFunc(all, func(a, b Journal) int { return strings.Compare(a.Target()+a.ID, b.Target()+b.ID) })
	return all, nil
}

func newJournal(version string, r restate.Invocation) Journal {
	return Journal{Server: version, ID: r.ID, Service: r.Service, Key: r.Key, Handler: r.Handler, Status: r.Status, Protocol: r.Protocol, Size: r.JournalSize}
}

// readJournals reads the journals of rows. It returns those that are whole, and the ids of the others.
func readJournals(ctx context.Context, admin *restate.Admin, version string, rows []restate.Invocation) (found []Journal, torn []string, err error) {
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	entries, err := admin.RawJournal(ctx, ids...)
	if err != nil {
		return nil, nil, err
	}
	of := map[string][]restate.RawEntry{}
	for _, e := range entries {
		of[e.ID] = append(of[e.ID], e)
	}
	for _, r := range rows {
		j := newJournal(version, r)
		if err := j.addEntries(of[r.ID]); err != nil {
			return nil, nil, err
		}
		// One that has more than a moment ago may have another status now, and may have got its protocol's version.
		if j.check() != nil || len(j.Entries) > max(1, j.Size) && (j.hasWait() || j.Protocol == 0) {
			torn = append(torn, j.ID)
			continue
		}
		j.Size = len(j.Entries)
		found = append(found, j)
	}
	return found, torn, nil
}

// addEntries adds the rows of a journal up to the first one that is missing.
func (j *Journal) addEntries(rows []restate.RawEntry) error {
	for i, e := range rows {
		if e.Version != 2 {
			return fmt.Errorf("the journal of %s has format %d, and this tool knows format 2", j.ID, e.Version)
		}
		if e.Index != i {
			break
		}
		raw, err := hex.DecodeString(e.Raw)
		if err != nil {
			return err
		}
		j.Entries = append(j.Entries, Entry{e.Type, raw})
	}
	return nil
}

// noAdmin explains that there is no admin API at an address.
func noAdmin(ctx context.Context, addr string, err error) error {
	const do = "name the admin API's address; the default is http://127.0.0.1:9070"
	var refused *restate.StatusError
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err == nil || errors.As(err, &refused) && refused.Status == 404:
		return hint.New(hint.Setup, do, "%s answers, and not as Restate's admin API does", addr)
	}
	return hint.New(hint.Setup, do, "%s does not answer as Restate's admin API does: %w", addr, err)
}
