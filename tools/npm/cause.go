package npm

import (
	"context"
	"os"
	"regexp"
	"slices"
	"strings"
	"syscall"

	"example.com/workbook/tools/hint"
)

// npmRun is a run of npm that failed.
type npmRun struct {
	npm    string // its path
	output string
	err    error
	build  Build
}

// npmError matches a line of npm's own errors. Without such a line it was not npm that
// failed, but what was to run it.
var npmError = regexp.MustCompile(`(?m)^npm (error|ERR!)`)

// cause is a pattern of what is printed when npm fails, and the cure. PACKAGE, REGISTRY,
// DEFAULT and NPM in a cure stand for the package, for the registry that npm uses, for the
// command that has npm use its default registry, and for the path of npm.
type cause struct{ printed, cure string }

// npmCauses are those with errors of npm. The first that matches counts.
var npmCauses = []cause{
	// The registry.
	{`code (E401|ENEEDAUTH|EAUTHUNKNOWN|EAUTHIP|EOTP)\b`, "log in where npm downloads from: `npm login --registry=REGISTRY`; or DEFAULT"},
	{`code (E403|E451)\b`, "ask the people who run REGISTRY to let PACKAGE through; or DEFAULT"},
	{`code (E404|ETARGET|ENOVERSIONS)\b`, "ask the people who run REGISTRY to add PACKAGE; or DEFAULT"},
	{`code E407\b`, "the proxy wants a name and a password: `npm config set https-proxy http://NAME:PASSWORD@HOST:PORT`"},
	{`code (E429|E5\d\d)\b`, "REGISTRY has a problem of its own: try again later; or DEFAULT"},
	{`code (ERR_INVALID_URL|EINVALIDURL|EUNSUPPORTEDPROTOCOL|EUNSUPPORTEDPROXY)\b|Invalid URL`, "`npm config get registry proxy https-proxy` shows three settings; each has to be null or a whole address, such as http://HOST:PORT"},
	// The way to it.
	{`CERT_HAS_EXPIRED|CERT_NOT_YET_VALID`, "see if the clock of this machine is right: date"},
	{`SELF_SIGNED_CERT|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|ERR_TLS_|SSL routines`, "ask your administrator for the file with your company's certificate, then: export NODE_EXTRA_CA_CERTS=/the/file.pem"},
	{`code ENOTCACHED\b`, "`npm config set offline false`"},
	{`ENOTFOUND|EAI_AGAIN|ECONN|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|SOCKET_TIMEOUT|socket hang up|request to .* failed`, "look at the network (behind a proxy: `npm help config`) and try again"},
	// This machine.
	{`code (EACCES|EPERM|EROFS|EISDIR|ENOTDIR)\b`, "make the file or folder that npm names one that you can write to"},
	{`code (ENOLOCAL|EBADENGINE|EBADDEVENGINES)\b`, newNode},
	{`code ENOMEM\b`, noMemory},
}

// runnerCauses are those without an error of npm: what was to run npm failed.
var runnerCauses = []cause{
	{`(?i)\basdf\b|No version is set for command`, "`asdf list nodejs`, then in this folder: `asdf set nodejs VERSION`"},
	{`(?i)\bmise\b`, "in this folder: `mise use node@lts`"},
	{`(?i)\bvolta\b`, "`volta install node`"},
	{`(?i)\bnodenv\b|command exists in these Node versions`, "`nodenv versions`, then in this folder: `nodenv local VERSION`"},
	{`(?i)does not support Node|known not to run on Node|SyntaxError`, newNode},
	{`node:internal/preload|--require|--import|is not allowed in NODE_OPTIONS`, "unset NODE_OPTIONS"},
	{`(?i)node'?: (not found|No such file|command not found)`, "NPM has no Node.js to run with: install Node.js, which brings npm"},
	{`Cannot find module`, "NPM is damaged: install Node.js again, which brings npm"},
	{`signal: killed|heap out of memory`, noMemory},
}

const (
	newNode  = "install Node.js 20 or later, which brings a newer npm"
	noMemory = "close other programs, since the memory was not enough, and try again"
)

// explainNPM returns the error of a run of npm, with its cure.
func (f *Fetcher) explainNPM(ctx context.Context, r npmRun) error {
	if strings.Contains(r.output, "ENOSPC") {
		return f.cacheError(syscall.ENOSPC)
	}
	said := npmReason(r.output)
	if said == "" {
		said = r.err.Error()
	}
	return hint.New(hint.Setup, f.cure(ctx, r)+", or "+f.Own, "npm could not fetch %s: %s", f.Title, said)
}

func (f *Fetcher) cure(ctx context.Context, r npmRun) string {
	wanted := r.build.Package + "@" + f.Version
	cure, causes := "see what is set: `npm config list`; and try it by hand: `npm pack "+wanted+"`", npmCauses
	switch {
	case npmError.MatchString(r.output):
	case windowsDrive.MatchString(r.npm):
		cure, causes = "NPM is the npm of Windows; install one in WSL: sudo apt-get install npm", nil
	default:
		causes = runnerCauses
	}
	isCause := func(c cause) bool { return regexp.MustCompile(c.printed).MatchString(r.output + "\n" + r.err.Error()) }
	if i := slices.IndexFunc(causes, isCause); i >= 0 {
		cure = causes[i].cure
	}
	if strings.Contains(cure, "REGISTRY") {
		registry := r.registry(ctx)
		if registry == "" {
			registry = "the registry that `npm config get registry` names"
		}
		cure = strings.ReplaceAll(cure, "REGISTRY", registry)
	}
	return strings.NewReplacer("PACKAGE", wanted, "DEFAULT", defaultRegistry(), "NPM", r.npm).Replace(cure)
}

// defaultRegistry returns the command that has npm use its default registry.
func defaultRegistry() string {
	var set []string
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		if lower := strings.ToLower(name); strings.HasPrefix(lower, "npm_config_") && strings.HasSuffix(lower, "registry") {
			set = append(set, name)
		}
	}
	if len(set) > 0 {
		return "use npm's own: unset " + strings.Join(set, " ")
	}
	return "use npm's own: `npm_config_userconfig=/dev/null make doctor`"
}

// npmReason returns the first line of npm's errors that people can understand:
// before it come codes, after it a stack and a log's name.
func npmReason(output string) string {
	for line := range strings.Lines(output) {
		line = strings.TrimSpace(line)
		for _, label := range []string{"npm error", "npm ERR!", "notarget", "network"} {
			line = strings.TrimSpace(strings.TrimPrefix(line, label))
		}
		word, _, several := strings.Cut(line, " ")
		switch word {
		case "code", "syscall", "errno", "path", "type", "dest":
			continue
		}
		if several && !strings.HasPrefix(line, "A complete log") { // which is deleted
			return line
		}
	}
	return ""
}
