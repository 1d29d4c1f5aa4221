package web

import (
	"embed"
	"net/http"
)

//go:embed assets
var files embed.FS

// Share serves the files that all pages use below prefix: base.css, dom.js and
// theme.js.
func Share(mux *http.ServeMux, prefix string) {
	for _, name := range []string{"base.css", "dom.js", "theme.js"} {
		mux.HandleFunc("GET "+prefix+name, func(w http.ResponseWriter, r *http.Request) {
			http.ServeFileFS(w, r, files, "assets/"+name)
		})
	}
}
