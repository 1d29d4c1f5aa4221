package script

import "strings"

// WithoutAddresses returns the arguments of a program as a person reads them: names
// in place of the addresses of the script's programs, which differ from run to run.
func (s *Script) WithoutAddresses(args []string) string {
	text := strings.Join(args, " ")
	for name, address := range s.Versions {
		text = strings.ReplaceAll(text, address, "$"+name)
	}
	return text
}

// IsLaunching reports whether a program that the script launched still runs.
func (s *Script) IsLaunching() bool {
	for _, p := range s.Launched {
		if !p.HasEnded() {
			return true
		}
	}
	return false
}

// AllAnswered reports whether all calls of the script are answered.
func (s *Script) AllAnswered() bool {
	for _, c := range s.Calls {
		if !c.Answered() {
			return false
		}
	}
	return true
}
