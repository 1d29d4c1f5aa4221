// Package naive has the lesson's two services as plain Go programs. They talk over
// HTTP, and each caller retries. You do not edit this package.
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

// Main asks for the price of a SKU and prints what happens. The SKU is the first of
// args, or else a book.
func Main(args []string) {
	sku := append(args, "book")[0]
	if err := Compose(context.Background(), os.Stdout, sku); err != nil {
		fmt.Println("no receipt, and the program does not remember the request")
		return
	}
	fmt.Println("there is a price: another program answers on port 9090")
}

// Compose asks the pricing service for a price.
func Compose(ctx context.Context, log io.Writer, sku string) error {
	url, stop, err := servePricing(log)
	if err != nil {
		return err
	}
	defer stop()
	return threeTimes(log, "receipts: request to pricing", func() error { return get(ctx, url+"/"+sku) })
}

// servePricing serves the pricing service, which asks the warehouse.
func servePricing(log io.Writer) (url string, stop func() error, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	quote := func(w http.ResponseWriter, r *http.Request) {
		err := threeTimes(log, "  pricing: request to the warehouse", func() error {
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
		return fmt.Errorf("pricing answered %s", resp.Status)
	}
	return nil
}

// threeTimes calls ask until it succeeds, at most three times.
func threeTimes(log io.Writer, what string, ask func() error) (err error) {
	for n := 1; n <= 3; n++ {
		if err = ask(); err == nil {
			return nil
		}
		fmt.Fprintf(log, "%s, number %d: failed\n", what, n)
		time.Sleep(100 * time.Millisecond)
	}
	return err
}
