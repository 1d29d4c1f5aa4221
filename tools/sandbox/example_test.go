package sandbox_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"example.com/workbook/tools/sandbox"
)

// A charge is held after it has acted. The ledger shows the effect, although the
// caller has no answer yet.
func ExampleClient() {
	dir, err := os.MkdirTemp("", "sandbox")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithCancel(context.Background())
	ready, done := make(chan string, 1), make(chan error, 1)
	go func() {
		done <- sandbox.Serve(ctx, sandbox.Config{
			Listen: "127.0.0.1:0",
			Ledger: filepath.Join(dir, "ledger.jsonl"),
			Ready:  func(url string) { ready <- url },
		})
	}()
	url := <-ready
	client := sandbox.NewClient(url)
	if err := client.Hold(ctx, sandbox.Charge, "o-1", sandbox.After, 1); err != nil {
		panic(err)
	}

	status := make(chan string, 1)
	go func() {
		body := strings.NewReader(`{"order_id":"o-1","amount_cents":2500,"token":"tok_ok"}`)
		resp, err := http.Post(url+"/gateway/charges", "application/json", body)
		if err != nil {
			panic(err)
		}
		resp.Body.Close()
		status <- resp.Status
	}()
	if err := client.WaitHeld(ctx, sandbox.Charge, "o-1"); err != nil {
		panic(err)
	}
	entries, err := client.Ledger(ctx, "o-1")
	if err != nil {
		panic(err)
	}
	fmt.Println("effects while the caller waits:", sandbox.Effects(entries, sandbox.Charge))

	released, err := client.Release(ctx, sandbox.Charge, "o-1")
	if err != nil {
		panic(err)
	}
	fmt.Println("released:", released)
	fmt.Println("answer:", <-status)

	cancel()
	fmt.Println("sandbox ended:", <-done)
	// Output:
	// effects while the caller waits: 1
	// released: 1
	// answer: 200 OK
	// sandbox ended: <nil>
}
