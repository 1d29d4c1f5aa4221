// Package words has the words that check scripts are written in, a family a file.
// The manual is in package check.
package words

import "example.com/workbook/tools/check/script"

// table is the vocabulary; doc.go says what each means.
var table = map[string]script.Word{
	"judge":       judge,
	"call":        call,
	"begin":       begin,
	"finish":      finish,
	"cancel":      cancel,
	"heard":       heard,
	"fails":       fails,
	"remember":    remember,
	"answer":      answer,
	"differs":     differs,
	"named":       named,
	"forget":      forget,
	"pending":     pending,
	"scheduled":   scheduled,
	"attempts":    attempts,
	"completed":   completed,
	"price":       price,
	"hold":        hold,
	"held":        held,
	"release":     release,
	"gather":      gather,
	"refuse":      refuse,
	"effects":     effects,
	"requests":    requests,
	"invocations": invocationsWord,
	"carries":     carries,
	"launch":      launch,
	"ended":       ended,
	"rolls":       rolls,
	"rolled":      rolled,
	"lose":        lose,
	"apart":       apart,
	"backs-off":   backsOff,
	"says":        says,
	"policy":      policy,
	"failing":     failing,
	"unsaid":      unsaid,
	"restart":     restart,
	"terminate":   terminate,
	"quits":       quits,
	"down":        down,
	"up":          up,
	"waiting":     waiting,
	"purge":       purge,
	"refused":     refused,
	"crash":       crash,
	"killed":      killed,
	"cut":         cut,
	"away":        away,
	"guess":       guess,
	"quiz":        quiz,
	"sweep":       sweepWord,
}

func ByName(more map[string]script.Word) map[string]script.Word {
	all := map[string]script.Word{}
	for _, m := range []map[string]script.Word{table, more} {
		for name, w := range m {
			all[name] = w
		}
	}
	return all
}
