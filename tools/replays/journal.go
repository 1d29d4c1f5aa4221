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

// A Journal has an invocation that has not ended, and what that invocation has done so far.
type Journal struct {
	Server  string // the version of the server that had the journal, such as 1.7.12
	ID      string // of the invocation
	Service string
	Key     string // of the object or workflow; "" for a service
	Handler string
	Status  string // such as suspended

	Protocol int     // version of the service protocol; 0 for an invocation that has not begun
	Size     int     // how many entries the journal has; Open compares it with Entries, to find cut recordings
	Entries  []Entry // beginning with the input, in the order in which the server replays them
}

// An Entry is one message of a journal: a command of the handler, or a notification.
type Entry struct {
	Type string // as in Restate's table sys_journal, such as Command: Run
	Raw  []byte // the message's body
}

// Target returns the called handler as Service/Handler, or as Service/key/Handler.
func (j Journal) Target() string {
	if j.Key == "" {
		return j.Service + "/" + j.Handler
	}
	return j.Service + "/" + j.Key + "/" + j.Handler
}

// hasWait reports whether the invocation is suspended: the server calls the handler again only when
// something that the handler waits for has come.
func (j Journal) hasWait() bool { return j.Status == "suspended" }

// errIncomplete means that a journal has fewer entries than it should have, for example because the
// journal changed between two queries.
var errIncomplete = errors.New("the journal is incomplete")

// check returns errIncomplete for a journal with missing entries.
func (j Journal) check() error {
	if len(j.Entries) == 0 || len(j.Entries) < j.Size || j.Entries[0].Type != "Command: Input" {
		return errIncomplete
	}
	return nil
}

// Read returns journals. If from is an address, Read calls [Find]; if from is a folder, Read calls [Open].
func Read(ctx context.Context, from string) ([]Journal, error) {
	if strings.Contains(from, "://") || strings.HasPrefix(from, "unix:") {
		return Find(ctx, from)
	}
	return Open(from)
}

// Find returns the journals of all invocations in flight on a running server. The address of the
// server's admin API is addr: http://host:port or unix:/path. Find changes nothing on the server. If a
// journal changes during each of 5 readings, Find returns it without entries, and Judge returns the verdict
// CannotTell for it.
//
// An error that a person can correct is a [hint.Error]: of kind Usage if addr is not an address, and of
// kind Setup if no admin API answers there, or one of another version.
func Find(ctx context.Context, addr string) ([]Journal, error) {
	if u, err := url.Parse(addr); err != nil || u.Scheme != "unix" && u.Host == "" {
		return nil, hint.New(hint.Usage, "for example: http://127.0.0.1:9070", "%s is not the address of an admin API", addr)
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
	// The query for the invocations and the query for their journals run one after the other. If an
	// invocation went on between the two, both are read again.
	var all []Journal
	for try := 0; len(rows) > 0 && try < 5; try++ {
		found, incomplete, err := readJournals(ctx, admin, version, rows)
		if err != nil {
			return nil, noAdmin(ctx, addr, err)
		}
		all = append(all, found...)
		rows = nil
		if len(incomplete) > 0 {
			if rows, err = admin.Invocations(ctx, restate.InvocationFilter{IDs: incomplete, Statuses: restate.InFlight}); err != nil {
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

// readJournals reads the journals of the invocations in rows. It returns the complete journals, and the
// ids of the invocations whose journals are incomplete.
func readJournals(ctx context.Context, admin *restate.Admin, version string, rows []restate.Invocation) (found []Journal, incomplete []string, err error) {
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	entries, err := admin.RawJournal(ctx, ids...)
	if err != nil {
		return nil, nil, err
	}
	byID := map[string][]restate.RawEntry{}
	for _, e := range entries {
		byID[e.ID] = append(byID[e.ID], e)
	}
	for _, r := range rows {
		j := newJournal(version, r)
		if err := j.addEntries(byID[r.ID]); err != nil {
			return nil, nil, err
		}
		// If a journal has more entries than the row of its invocation counted, the invocation may also
		// have another status and another protocol version than that row.
		if j.check() != nil || len(j.Entries) > max(1, j.Size) && (j.hasWait() || j.Protocol == 0) {
			incomplete = append(incomplete, j.ID)
			continue
		}
		j.Size = len(j.Entries)
		found = append(found, j)
	}
	return found, incomplete, nil
}

// addEntries adds rows of a journal, and stops before the first missing row.
func (j *Journal) addEntries(rows []restate.RawEntry) error {
	for i, e := range rows {
		if e.Version != 2 {
			return fmt.Errorf("the journal of %s has format %d, and this tool reads only format 2", j.ID, e.Version)
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

// noAdmin returns an error for people: no admin API of Restate answers at addr.
func noAdmin(ctx context.Context, addr string, err error) error {
	const do = "name the admin API's address; the default is http://127.0.0.1:9070"
	var refused *restate.StatusError
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err == nil || errors.As(err, &refused) && refused.Status == 404:
		return hint.New(hint.Setup, do, "%s answers, but not like Restate's admin API", addr)
	}
	return hint.New(hint.Setup, do, "%s does not answer like Restate's admin API: %w", addr, err)
}
