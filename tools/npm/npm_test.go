package npm

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/process/processtest"
)

// newRegistry starts a registry that has the package, with the fetcher's npm settings
// pointing to it. If status is not 200, every request is answered with it.
func newRegistry(t *testing.T, f *Fetcher, status int) (address string) {
	t.Helper()
	if _, err := exec.LookPath("npm"); err != nil {
		t.Skip("no npm: it is not tested how npm answers")
	}
	var registry *httptest.Server
	registry = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case status != http.StatusOK:
			w.WriteHeader(status)
		case path.Base(r.URL.Path) == "good.tgz":
			http.ServeFile(w, r, tarball(t, f))
		default:
			fmt.Fprintf(w, `{"name":"some-package","dist-tags":{"latest":"%[1]s"},"time":{"%[1]s":"%[2]s"},"versions":{"%[1]s":{
				"name":"some-package","version":"%[1]s","dist":{"tarball":"%[3]s/good.tgz"}}}}`, version, time.Now().Format(time.RFC3339), registry.URL)
		}
	}))
	t.Cleanup(registry.Close)
	for _, name := range []string{"npm_config_userconfig", "npm_config_globalconfig"} {
		t.Setenv(name, filepath.Join(t.TempDir(), "none"))
	}
	t.Setenv("npm_config_registry", registry.URL)
	return registry.URL
}

// The real npm downloads the server although its settings forbid or change what it does
// otherwise. The registry is ours.
func TestNPMSettingsDoNotMatter(t *testing.T) {
	for _, setting := range []string{
		"", "min_release_age=3", "before=2020-01-01", "offline=true", "prefer_offline=true", "dry_run=true", "json=true", "usage=true", "loglevel=silent",
		"logs_dir=/proc/none", "cache=/proc/none", "pack_destination=/proc/none", "workspaces=true", "global=true", "ignore_scripts=true",
	} {
		t.Run(setting, func(t *testing.T) {
			f := newLocalFetcher(t)
			newRegistry(t, f, http.StatusOK)
			name, value, _ := strings.Cut(setting, "=")
			t.Setenv("npm_config_"+name, value)
			_, err := f.Fetch(t.Context())
			require.NoError(t, err)
		})
	}
}

// The real npm is told no by a registry of ours, or finds none. The hint names the registry.
func TestNPMIsRefused(t *testing.T) {
	for status, do := range map[int]string{
		401: "npm login --registry=REGISTRY", 403: "ask the people who run REGISTRY to let some-package@" + version + " through",
		404: "ask the people who run REGISTRY to add some-package@" + version, 407: "npm config set https-proxy",
		429: "REGISTRY has a problem of its own", 503: "REGISTRY has a problem of its own",
	} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			f := newLocalFetcher(t)
			address := newRegistry(t, f, status)
			_, err := f.Fetch(t.Context())
			processtest.RequireSetupError(t, err, "npm could not fetch Some Program", strings.ReplaceAll(do, "REGISTRY", address))
			if status != 407 {
				require.Contains(t, hint.Text(err), "; or use npm's own: unset npm_config_registry, or set SOME_PROGRAM ")
			}
		})
	}
}

// The real npm has settings that lead nowhere.
func TestNPMFindsNoRegistry(t *testing.T) {
	for _, c := range []struct{ registry, do string }{
		{"127.0.0.1", "npm config "}, // npm may print no reason
		{"http://127.0.0.1:1", "look at the network"},
	} {
		f := newLocalFetcher(t)
		newRegistry(t, f, http.StatusOK)
		t.Setenv("npm_config_registry", c.registry)
		_, err := f.Fetch(t.Context())
		processtest.RequireSetupError(t, err, "npm could not fetch Some Program", c.do)
	}
}

// The address of a registry may have a password in it, which npm config does not show.
func TestNPMKeepsThePassword(t *testing.T) {
	f := newLocalFetcher(t)
	address := newRegistry(t, f, http.StatusNotFound)
	t.Setenv("npm_config_registry", strings.Replace(address, "://", "://me:secret@", 1))
	_, err := f.Fetch(t.Context())
	processtest.RequireSetupError(t, err, "404 Not Found", "ask the people who run "+address+" to add")
	require.NotContains(t, hint.Text(err), "secret")
}

// Fakes print what npm, and programs that stand in its place, print where they are at
// fault. None of these can be had here.
func TestFakeNPMs(t *testing.T) {
	for _, c := range []struct{ name, says, what, do string }{
		{"a mirror that is behind", "npm error code ETARGET\nnpm error notarget No matching version found for x.", "No matching version found for x.", "ask the people who run the registry that `npm config get registry` names to add"},
		{"an empty mirror", "npm error code ENOVERSIONS\nnpm error No versions available for x", "No versions available", "use npm's own: `npm_config_userconfig=/dev/null make doctor`"},
		{"no login", "npm error code ENEEDAUTH\nnpm error need auth This command requires you to be logged in", "logged in", "npm login"},
		{"a company's certificate", "npm error code SELF_SIGNED_CERT_IN_CHAIN\nnpm error errno SELF_SIGNED_CERT_IN_CHAIN\nnpm error request to https://x/ failed, reason: self-signed certificate in certificate chain", "self-signed", "export NODE_EXTRA_CA_CERTS="},
		{"the clock is wrong", "npm error code CERT_NOT_YET_VALID\nnpm error request to https://x/ failed, reason: certificate is not yet valid", "not yet valid", "clock of this machine is right: date"},
		{"npm 6", "npm ERR! code ENOLOCAL\nnpm ERR! Could not install from \"\" as it does not contain a package.json file.", "Could not install", "install Node.js 20"},
		{"a file of root's", "npm error code EACCES\nnpm error syscall open\nnpm error path /home/me/.npmrc\nnpm error errno -13\nnpm error Error: EACCES: permission denied, open '/home/me/.npmrc'\nnpm error     at x (/home/me/.asdf/x)", "/home/me/.npmrc", "the file or folder that npm names"},
		{"offline", "npm error code ENOTCACHED\nnpm error request to x failed: cache mode is 'only-if-cached' but no cached response is available.", "only-if-cached", "npm config set offline false"},
		{"asdf", "No version is set for command npm\nConsider adding one of the following versions in your config file at /x/.tool-versions\nnodejs 20.0.0", "No version is set for command npm", "in this folder: `asdf set nodejs VERSION`"},
		{"mise", "mise ERROR No version is set for shim: npm\nSet a global default version with one of the following:\nmise use -g node@20.0.0", "No version is set", "mise use node@lts"},
		{"volta", "Volta error: Node is not available.\n\nTo run any Node command, first set a default version using `volta install node`", "Node is not available", "volta install node"},
		{"nodenv", "nodenv: npm: command not found\n\nThe `npm' command exists in these Node versions:\n  20.0.0", "nodenv: npm", "nodenv local VERSION"},
		{"an old Node.js", "ERROR: npm v11.0.0 is known not to run on Node.js v12.22.9.  This version of npm supports the following node versions: x", "is known not to run on Node.js v12.22.9", "install Node.js 20"},
		{"a Node.js older still", "/usr/lib/node_modules/npm/lib/cli.js:18\n  } catch {\n          ^\nSyntaxError: Unexpected token {", "}", "install Node.js 20"},
		{"no Node.js", "/usr/bin/env: 'node': No such file or directory", "'node': No such file", "has no Node.js to run with: install Node.js"},
		{"NODE_OPTIONS", "node:internal/modules/cjs/loader:1210\n  throw err;\n  ^\n\nError: Cannot find module '/none'\nRequire stack:\n- internal/preload", "throw err;", "install Node.js again"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newLocalFetcher(t)
			npm(t, "[ \"$1\" = config ] && exit 1\ncat >&2 <<'END'\n"+c.says+"\nEND\nexit 126")
			_, err := f.Fetch(t.Context())
			processtest.RequireSetupError(t, err, c.what, c.do)
			requireEmpty(t, f)
		})
	}
}

// A fake of an npm that cannot run is first on the PATH, and one that can is behind it.
func TestNextNPMOnThePath(t *testing.T) {
	f := newLocalFetcher(t)
	npm(t, copyFile(tarball(t, f)))
	good := os.Getenv("PATH")
	npm(t, "echo 'No version is set for command npm' >&2; exit 126")
	t.Setenv("PATH", os.Getenv("PATH")+":"+good)
	_, err := f.Fetch(t.Context())
	require.NoError(t, err)
}

// A fake of a version manager's npm runs only in the folder that it was set for.
func TestFakeNPMOfAFolder(t *testing.T) {
	f := newLocalFetcher(t)
	dir := t.TempDir()
	npm(t, copyFile(tarball(t, f)))
	shim := processtest.Script(t, t.TempDir(), "npm", "[ -e .tool-versions ] || { echo No version is set for command npm >&2; exit 126; }\nexec '"+filepath.Join(os.Getenv("PATH"), "npm")+"' \"$@\"")
	t.Setenv("PATH", filepath.Dir(shim))
	t.Chdir(dir)
	_, err := f.Fetch(t.Context())
	processtest.RequireSetupError(t, err, "No version is set for command npm", "`asdf set nodejs VERSION`")
	require.NoError(t, os.WriteFile(".tool-versions", []byte("nodejs 20.0.0\n"), 0o644))
	_, err = f.Fetch(t.Context())
	require.NoError(t, err)
}

// The npm of Windows is the last choice in WSL. Only its path is known here.
func TestFakeNPMOfWindows(t *testing.T) {
	err := (&Fetcher{Program: Program{Own: "set SOME_PROGRAM"}}).explainNPM(t.Context(), npmRun{"/mnt/c/Program Files/nodejs/npm", ": not found\nexec: node: not found", errors.New("exit status 127"), Build{Package: "x"}})
	processtest.RequireSetupError(t, err, ": not found", "/mnt/c/Program Files/nodejs/npm is the npm of Windows; install one in WSL: sudo apt-get install npm, or set")
}
