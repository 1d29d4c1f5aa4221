package shop

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"example.com/workbook/tools/page"
	"example.com/workbook/tools/process"
	"example.com/workbook/tools/shop/client"
	"example.com/workbook/tools/stage"
	"example.com/workbook/tools/web"
)

// take is a recording that ships, and how it is made.
type take struct {
	name, title, about string
	rolls              []int
	killed             bool // between the charge and the journal
	naive              bool
}

// together are the takes that are played at once: they do not break anything.
var together = []take{
	{name: "1-one-attempt", title: "67: the first request succeeds", about: "60 of 100 payments go like this one.", rolls: []int{67}},
	{name: "2-two-attempts", title: "23, 55: the second request succeeds", about: "24 of 100 payments go like this one. Restate retries one second later.", rolls: []int{23, 55}},
	{name: "3-three-attempts", title: "12, 38, 82: the third request succeeds", about: "9.6 of 100 payments go like this one. The back-off doubles.", rolls: []int{12, 38, 82}},
	{name: "4-four-attempts", title: "15, 8, 31, 72: the fourth request succeeds", about: "3.84 of 100 payments go like this one. There is one row and one charge.", rolls: []int{15, 8, 31, 72}},
}

// apart are the takes that are played one after the other.
var apart = []take{
	{name: "5-killed-after-the-charge", title: "killed between the charge and the journal", about: "The step runs again with the same idempotency key. The gateway recognizes the key, so there is one charge.", rolls: []int{67}, killed: true},
	{name: "6-two-charges", title: "the same kill, and a naive program", about: "The naive program makes a new idempotency key for each request. The gateway cannot recognize it, so there are two charges.", rolls: []int{67, 67}, killed: true, naive: true},
}

// MakeRecordings makes the recordings that ship, with the real system.
func MakeRecordings(ctx context.Context, k *process.Keeper, root string) error {
	if err := client.CheckNoneOpen(ctx, root); err != nil {
		return err
	}
	s, err := openShop(ctx, Options{Root: root, Keeper: k, Port: stage.FindPort(Ports), Delay: 5 * time.Second, Seed: 1})
	defer s.close()
	if err != nil {
		return err
	}
	for _, takes := range append([][]take{together}, slices.Collect(slices.Chunk(apart, 1))...) {
		if err := s.playTakes(ctx, takes); err != nil {
			return err
		}
	}
	return nil
}

// playTakes places an order for each take, and saves what became of it.
func (s *shop) playTakes(ctx context.Context, takes []take) error {
	kill := takes[0].killed
	if kill {
		if err := s.switchProgram(ctx, takes[0].naive); err != nil {
			return err
		}
		s.killAtCharge()
	}
	var orders []string
	for _, t := range takes {
		ids, err := s.placeOrders(ctx, client.Order{Count: 1, Rolls: t.rolls, Token: "tok_ok", Amount: pageAmount})
		if err != nil {
			return err
		}
		orders = append(orders, ids...)
	}
	if kill {
		select {
		case <-s.processOf(s.unit("program")).Done():
		case <-ctx.Done():
			return ctx.Err()
		}
		web.Pause(ctx, 2*time.Second) // so that viewers see it down
		if err := s.restartUnit(ctx, s.unit("program")); err != nil {
			return err
		}
	}
	for i, t := range takes {
		if err := s.saveTake(ctx, t, orders[i]); err != nil {
			return err
		}
	}
	return nil
}

// saveTake writes a recording once its order is at its end.
func (s *shop) saveTake(ctx context.Context, t take, order string) error {
	for !(s.isCompleted(order) && s.tables.IsSettled()) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		web.Pause(ctx, web.RetryInterval)
	}
	var b bytes.Buffer
	if err := s.page.Hub.Write(&b, t.title, t.about, order); err != nil {
		return err
	}
	file := filepath.Join("tools", "page", "recordings", t.name+".jsonl")
	fmt.Println("made: " + file)
	return os.WriteFile(filepath.Join(s.opts.Root, file), b.Bytes(), 0o666)
}

func (s *shop) isCompleted(order string) bool {
	all, _ := s.page.Hub.After(0, 1<<20)
	return slices.ContainsFunc(all, func(e page.Event) bool {
		return e.What == page.Row && e.Row == order && e.How == "COMPLETED"
	})
}
