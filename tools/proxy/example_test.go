package proxy_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"example.com/workbook/tools/proxy"
)

// A request that arrives while no program is connected waits for a program. In production, a server
// registers URL as its deployment; here, the example sends a plain request in the server's place.
func ExampleProxy() {
	program := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s reached the program", r.URL.Path)
	}))
	program.Config.Protocols = new(http.Protocols)
	program.Config.Protocols.SetUnencryptedHTTP2(true)
	program.Start()
	defer program.Close()

	p, err := proxy.Listen()
	if err != nil {
		panic(err)
	}
	defer p.Close()
	answer := make(chan string)
	go func() {
		resp, err := http.Get(p.URL() + "/discover")
		if err != nil {
			panic(err)
		}
		defer resp.Body.Close()
		var text [64]byte
		n, _ := resp.Body.Read(text[:])
		answer <- string(text[:n])
	}()
	p.Connect(program.Listener.Addr().String())
	fmt.Println(<-answer)

	attempts, invocations := p.Count()
	fmt.Println(attempts, "attempts of", invocations, "invocations")
	// Output:
	// /discover reached the program
	// 0 attempts of 0 invocations
}
