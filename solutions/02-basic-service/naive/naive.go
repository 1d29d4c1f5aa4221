// Package naive is the lesson's two services as plain Go programs would have
// them: they talk over HTTP, and who calls does the retrying. Nothing to edit
// here.
package naive

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"example.com/workbook/lessons/shop/outside"
)

// Main asks for a price, that of a book if args names no other sku, and says
// what happens.
func Main(args []string) {
	sku := append(args, "book")[0]
	if err := Compose(context.Background(), os.Stdout, sku); err != nil {
		fmt.Println("no receipt, and nobody remembers that one was wanted")
		return
	}
	fmt.Println("a price at last: something on port 9090 plays the warehouse")
}

// Compose asks the pricing service for a price.
func Compose(ctx context.Context, log io.Writer, sku string) error {
	url, stop, err := servePricing(log)
	if err != nil {
		return err
	}
	defer stop()
	return threeTimes(log, "receipts: asked pricing", func() error { return get(ctx, url+"/"+sku) })
}

// servePricing is the pricing service; it asks the warehouse.
func servePricing(log io.Writer) (url string, stop func() error, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	quote := func(w http.ResponseWriter, r *http.Request) {
		err := threeTimes(log, "  pricing: asked the warehouse", func() error {
			_, err := outside.Price(r.Context(), r.URL.Path[1:])
			return err
		})
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
		}
	}
	srv := &http.Server{Handler: http.HandlerFunc(quote)}
	go srv.Serve(l)
	return "http://" + l.Addr().String(), srv.Close, nil
}

func get(ctx context.Context, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("pricing says %s", resp.Status)
	}
	return nil
}

// threeTimes is what every service that calls another has somewhere.
func threeTimes(log io.Writer, what string, ask func() error) (err error) {
	for try := 1; try <= 3; try++ {
		if err = ask(); err == nil {
			return nil
		}
		fmt.Fprintf(log, "%s, try %d: failed\n", what, try)
		time.Sleep(100 * time.Millisecond)
	}
	return err
}
