package replays

import (
	"regexp"
	"strings"
)

// sdkPath is how the names of the SDK's functions begin.
const sdkPath = "github.com/restatedev/sdk-go"

// frame is a function in the stack of a goroutine, with its place.
var frame = regexp.MustCompile(`(?m)^(\S+)\(.*\)\n\t(\S.*:\d+)(?: \+0x.*)?$`)

// readStack reads the stack of a goroutine of the SDK in which the handler panicked. It returns the line of
// the handler that was running, and behind > the line of the function that it has called, where there is one;
// "" if the handler had returned. It returns also whether the panic comes from the SDK: because
// a recorded value does not fit, or a recorded command.
func readStack(stack string) (line string, fromSDK bool) {
	var own []string // from the inside to the outside
	panicked, isFirst := false, true
	for _, f := range frame.FindAllStringSubmatch(stack, -1) {
		name, at := f[1], f[2]
		switch {
		case name == "panic":
			panicked = true
		case !panicked || strings.HasPrefix(name, "runtime.") || strings.HasPrefix(name, "reflect."):
		case strings.HasPrefix(name, sdkPath+"/internal/restatecontext.invoke"):
			return joinLines(own), fromSDK
		case strings.HasPrefix(name, sdkPath):
			fromSDK = fromSDK || isFirst
			isFirst = false
		case strings.HasPrefix(name, "sync.") || strings.HasPrefix(at, "<"): // the SDK's, and what the compiler made
		default:
			own = append(own, at)
			isFirst = false
		}
	}
	return joinLines(own), fromSDK
}

// joinLines returns the outermost line and the innermost one.
func joinLines(own []string) string {
	switch len(own) {
	case 0:
		return ""
	case 1:
		return own[0]
	}
	return own[len(own)-1] + " > " + own[0]
}
