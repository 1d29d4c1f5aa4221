package restate

import (
	"cmp"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"example.com/workbook/tools/ui"
)

// Curl returns the command line that calls a handler through the ingress at addr,
// host:port, as people type it. path is as in [Request]; with /send behind it the
// command does not wait for the answer. Without a body, json is "".
func Curl(addr, path, json string) string {
	line := curl()
	if path, sends := strings.CutSuffix(path, "/send"); sends {
		line += addr + sendPath(path)
	} else {
		line += addr + callPath(path)
	}
	if json == "" {
		return line
	}
	return line + " -H 'content-type: application/json' -d " + ui.Quote(json)
}

// CurlAdmin returns the command line by which people do something to an invocation, such
// as resume or kill. addr is the address of the server's admin API, host:port.
func CurlAdmin(addr, id, verb string) string {
	return curl() + "-X PATCH " + addr + "/invocations/" + id + "/" + verb
}

// curl returns the beginning of a command line that calls 127.0.0.1.
func curl() string {
	if CurlProxy() != "" {
		return "curl --noproxy 127.0.0.1 "
	}
	return "curl "
}

// CurlProxy returns the setting that makes curl send requests for 127.0.0.1 to a proxy, or
// "". It may return a setting that does not: old versions of curl read fewer forms.
func CurlProxy() string {
	// curl does not read HTTP_PROXY, which a web server sets from a request.
	for _, name := range []string{"http_proxy", "all_proxy", "ALL_PROXY"} {
		if os.Getenv(name) != "" && !isExcepted(cmp.Or(os.Getenv("no_proxy"), os.Getenv("NO_PROXY"))) {
			return name
		}
	}
	for _, dir := range []string{os.Getenv("CURL_HOME"), os.Getenv("XDG_CONFIG_HOME"), os.Getenv("HOME")} {
		file := filepath.Join(dir, ".curlrc")
		if text, err := os.ReadFile(file); err == nil && dir != "" {
			if proxySet.Match(text) {
				return file
			}
			return ""
		}
	}
	return ""
}

var proxySet = regexp.MustCompile(`(?m)^\s*(-x|-{0,2}(proxy|preproxy|socks\w+)\b)`)

// isExcepted reports whether every curl calls 127.0.0.1 without a proxy. noProxy is a list of
// hosts.
func isExcepted(noProxy string) bool {
	for _, host := range strings.FieldsFunc(noProxy, func(r rune) bool { return r == ',' || r == ' ' }) {
		if host == "*" && strings.TrimSpace(noProxy) == "*" || host == "127.0.0.1" {
			return true
		}
	}
	return false
}
