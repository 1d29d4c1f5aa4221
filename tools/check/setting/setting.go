// Package setting has what a check takes from its environment, for those who run
// checks and must not link them.
package setting

import "example.com/workbook/tools/restate"

// Variables of the environment of a check.
const (
	// SharedServer is the folder of a server that runs already, to be used in
	// place of an own one; SharedKey is what each script's key ends with then, so
	// that no two checks on one server meet.
	SharedServer = "CHECK_SERVER"
	SharedKey    = "CHECK_KEY"
	// WriteStubs has the tests of the stubs write down what each task says, in
	// place of comparing it.
	WriteStubs = "CHECK_WRITE_STUBS"
	// Noted means that the results of the check are recorded.
	Noted = "CHECK_NOTED"
	// EveryScript has all scripts run, also those that could not change the verdict
	// any more.
	EveryScript = "CHECK_EVERY_SCRIPT"
	// Result names the file that the check writes its result to, in place of
	// printing a verdict; see package result.
	Result = "CHECK_RESULT"
	// Colour has the verdict come in colour, also where it goes to no terminal.
	Colour = "WORKBOOK_COLOR"
	// Story has the lesson's stories told in place of its checks.
	Story = "WORKBOOK_STORY"
	// Findings is a folder for what each red script has found, one JSON file each, in
	// a folder that is named after the cause that fits: the material for the tests of
	// the causes.
	Findings = "CHECK_FINDINGS"
)

// Server returns the options of a server that checks run on. The first retry comes
// soon, for a check waits for it; the number of attempts stays the server's own. The
// log is not synced: checks kill processes and pull no plug.
func Server() restate.Options {
	return restate.Options{Unsynced: true, Env: []string{
		"RESTATE_DEFAULT_RETRY_POLICY__INITIAL_INTERVAL=10ms",
		"RESTATE_DEFAULT_RETRY_POLICY__MAX_INTERVAL=50ms",
	}}
}
