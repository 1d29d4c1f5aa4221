// Package setting has the names of the environment variables of a check. Programs that
// run checks use it, because they must not link the checks themselves.
package setting

import "example.com/workbook/tools/restate"

// Variables of the environment of a check.
const (
	// SharedServer is the folder of a running server, which the check uses in place of a
	// new one. Then each script's key ends with SharedKey, so that checks on the same
	// server do not collide.
	SharedServer = "CHECK_SERVER"
	SharedKey    = "CHECK_KEY"
	// WriteStubs makes the tests of the stubs write the verdict of each task, in place of
	// comparing it.
	WriteStubs = "CHECK_WRITE_STUBS"
	// EveryScript makes the check run all scripts, also those that can no longer change
	// the verdict.
	EveryScript = "CHECK_EVERY_SCRIPT"
	// NoReplay makes the check leave out the second run of the scripts, in which every step
	// is replayed.
	NoReplay = "CHECK_NO_REPLAY"
	// Result names the file that the check writes its result to, in place of
	// printing a verdict; see package result.
	Result = "CHECK_RESULT"
	// Colour makes the verdict colored, even if it does not go to a terminal.
	Colour = "WORKBOOK_COLOR"
	// Story makes the lesson's test tell its stories, in place of running its checks.
	Story = "WORKBOOK_STORY"
	// Source is the folder with the source of the program under check, if the source is
	// not in the lesson's folder.
	Source = "CHECK_SOURCE"
	// Findings is a folder for the finding of each red script, one JSON file each, in a
	// subfolder with the id of the cause that fits. The tests of the causes use such files.
	Findings = "CHECK_FINDINGS"
)

// Server returns the options of a server for checks. The first retry comes soon, because
// a check waits for it; the number of attempts is the default of the server. The server
// does not sync its log, because checks kill processes but do not cut the power.
func Server() restate.Options {
	return restate.Options{Unsynced: true, Env: []string{
		"RESTATE_DEFAULT_RETRY_POLICY__INITIAL_INTERVAL=10ms",
		"RESTATE_DEFAULT_RETRY_POLICY__MAX_INTERVAL=50ms",
	}}
}
