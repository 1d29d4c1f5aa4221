package doctor

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"example.com/workbook/tools/files"
	"example.com/workbook/tools/restate"
)

// lookSettings reports the settings that tools/start.sh could not use, and those that it ignores;
// start.sh knows the environment in which make was called. go test and an editor do not ignore
// these settings. lookSettings also reports a proxy, because the curl commands in the texts would
// use it. The commands that the tool prints work with a proxy.
func (d *doctor) lookSettings(ctx context.Context) {
	if what, do, found := strings.Cut(os.Getenv("WORKBOOK_PLACE"), "\n"); found {
		d.check(ctx, "folders", func(context.Context) (string, *problem) { return "", &problem{what, you, do} })
	}
	for setting := range strings.Lines(os.Getenv("WORKBOOK_IGNORED")) {
		d.note("ignored", strings.TrimSpace(setting))
	}
	if os.Getenv("PORT") != "" {
		d.note("settings", "PORT is set in the environment, where make run and make shop do not read it")
	}
	if setting := restate.CurlProxy(); setting != "" {
		d.note("proxy", setting+" sends what curl asks 127.0.0.1 to a proxy; to call 127.0.0.1 itself: export no_proxy=127.0.0.1,localhost")
	}
	for dir := d.Root; ; dir = filepath.Dir(dir) {
		if name := filepath.Join(dir, "go.work"); files.Exists(name) {
			d.note("ignored", name+"; to have go test and your editor ignore it too: export GOWORK=off")
			return
		}
		if dir == filepath.Dir(dir) {
			return
		}
	}
}
