package postgres

import (
	"net/url"
	"strings"

	"example.com/workbook/tools/hint"
)

// Use returns a server of the user's own, at an address such as postgres://me@127.0.0.1/shop.
// Nothing is fetched or started. Only [Server.Address], [Server.Where], [Server.IsOwn] and
// [Server.Stop], which does nothing, are for such a server: it is not ours to kill.
//
// Use does not connect. The program that opens the address checks what is there.
func Use(address string) (*Server, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" || strings.Trim(u.Path, "/") == "" {
		// The address may have a password in it, and is not printed.
		return nil, hint.New(hint.Usage, "for example SHOP_DATABASE=postgres://me@127.0.0.1/shop", "SHOP_DATABASE is not the address of a database of PostgreSQL")
	}
	return &Server{own: address}, nil
}

// IsOwn reports whether the server is the user's own.
func (s *Server) IsOwn() bool { return s.own != "" }

// Where returns the address without its password, for people.
func (s *Server) Where() string {
	u, err := url.Parse(s.Address())
	if err != nil {
		return ""
	}
	return u.Redacted()
}
