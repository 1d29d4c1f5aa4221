package restate

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The real curl calls a handler with the printed line, whatever proxy is set.
func TestCurlNeedsNoProxy(t *testing.T) {
	answer := func(text string) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, text) }))
		t.Cleanup(s.Close)
		return s.Listener.Addr().String()
	}
	handler, proxy := answer("the handler"), answer("the proxy")
	for _, c := range []struct {
		name, env, curlrc string
		changed           bool
	}{
		{"none", "", "", false},
		{"http_proxy", "http_proxy=PROXY", "", true},
		{"all_proxy", "all_proxy=PROXY", "", true},
		{"ALL_PROXY", "ALL_PROXY=PROXY", "", true},
		{"HTTP_PROXY, which curl does not read", "HTTP_PROXY=PROXY", "", false},
		{"https_proxy", "https_proxy=PROXY", "", false},
		{"no_proxy of this machine", "http_proxy=PROXY no_proxy=example.com,127.0.0.1", "", false},
		{"NO_PROXY of this machine", "http_proxy=PROXY NO_PROXY=127.0.0.1", "", false},
		{"no_proxy of all", "ALL_PROXY=PROXY no_proxy=*", "", false},
		{"no_proxy of another name", "http_proxy=PROXY no_proxy=localhost,.example.com", "", true},
		{"no_proxy of a network, which only some read", "http_proxy=PROXY no_proxy=127.0.0.0/8", "", true},
		{".curlrc", "", "silent\nproxy = PROXY\n", true},
		{".curlrc in another form", "", "-x PROXY\n", true},
		{".curlrc of something else", "", "# proxy\nsilent\n", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			home := t.TempDir()
			for _, name := range []string{"http_proxy", "all_proxy", "ALL_PROXY", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY", "CURL_HOME", "XDG_CONFIG_HOME"} {
				t.Setenv(name, "")
			}
			t.Setenv("HOME", home)
			for setting := range strings.FieldsSeq(strings.ReplaceAll(c.env, "PROXY=PROXY", "PROXY="+proxy)) {
				name, value, _ := strings.Cut(setting, "=")
				t.Setenv(name, strings.ReplaceAll(value, "PROXY", proxy))
			}
			require.NoError(t, os.WriteFile(filepath.Join(home, ".curlrc"), []byte(strings.ReplaceAll(c.curlrc, "PROXY", proxy)), 0o644))
			for _, line := range []string{Curl(handler, "Cart/c-1/View", ""), CurlAdmin(handler, "inv_1", "resume")} {
				require.Equal(t, c.changed, strings.HasPrefix(line, "curl --noproxy 127.0.0.1 "), line)
				out, err := exec.Command("sh", "-c", line+" -sS").CombinedOutput()
				require.NoError(t, err, string(out))
				require.Equal(t, "the handler", string(out))
			}
		})
	}
}
