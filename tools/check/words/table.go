// Package words has the words that check scripts are written in, a family a file. The
// manual is in package check, and is made of Sections.
//
// A word's function waits with methods of the script: with Await for an answer, with
// WaitOutside for the outside world, which both end early when nothing will come, and with
// Poll for all else. Where the learner's program is at fault, the function returns
// record.Fail of a claim with its outcome: see package claim. Any other error is the
// workbook's own.
package words

import "example.com/workbook/tools/check/script"

// Sections are the words, in the order of the manual and under its headings.
var Sections = []Section{
	{"Calls", calls},
	{"The outside world", outside},
	{"Crashes", crashes},
	{"Answers", answers},
}

// Section is a part of the manual.
type Section struct {
	Title string
	Words script.Table
}

// With returns all words, with those of a lesson behind them.
func With(more script.Table) (all script.Table) {
	for _, s := range Sections {
		all = append(all, s.Words...)
	}
	return append(all, more...)
}

var calls = script.Table{
	{Name: "call", Args: "target [json]", Do: callAndWait,
		Help: "call a handler and wait for the answer; target is Service/Handler or Service/key/Handler"},
	{Name: "begin", Args: "name[*n] target [json]", Do: beginCalls,
		Help: "call and go on; n calls at once, %d in target and json is 1 to n"},
	{Name: "finish", Args: "name[*n]", Do: finishCalls,
		Help: "wait for it; of n, each must be a 200"},
	{Name: "answer", Args: "code [json]", Do: checkAnswer,
		Help: "the last answer: objects may have more fields than the json, all else is equal"},
	{Name: "differs", Do: checkDiffers,
		Help: "the last answer is unlike all earlier ones"},
	{Name: "named", Do: checkStepNames,
		Help: "each step that was run has a name"},
	{Name: "remember", Args: "NAME field", Do: rememberField,
		Help: "set a variable to a field of the last answer"},
	{Name: "pending", Args: "name", Do: waitPending,
		Help: "the call waits for its turn"},
	{Name: "fails", Args: "name", Do: waitCallFails,
		Help: "wait until an attempt of the call has failed"},
	{Name: "failing", Args: "text", Do: waitAnyFails,
		Help: "wait until an attempt of any of the script's invocations has failed so"},
	{Name: "cancel", Args: "name", Do: cancelCall,
		Help: "have Restate end the call, at its next wait"},
	{Name: "heard", Args: "Service/Handler", Do: waitCancelHeard,
		Help: "wait until a cancel has reached those that were called, in services that are down"},
	{Name: "scheduled", Args: "Service/Handler seconds", Do: waitScheduled,
		Help: "one such one-way call waits for its time"},
	{Name: "attempts", Args: "Service/Handler n", Do: countAttempts,
		Help: "how often the handler was run, for this script"},
	{Name: "invocations", Args: "Service/Handler n", Do: countInvocations,
		Help: "how often it was called"},
	{Name: "completed", Args: "Service/Handler", Do: waitCompleted,
		Help: "wait until all that were called have ended well; for one-way calls, which have no answer"},
	{Name: "waiting", Args: "name", Do: waitForPromise,
		Help: "the call waits for a promise"},
	{Name: "forget", Args: "Service/key", Do: forgetState,
		Help: "wipe an object's state"},
	{Name: "purge", Args: "name", Do: purgeCall,
		Help: "have Restate forget a call that has ended"},
	{Name: "refused", Args: "target file", Do: checkRefused,
		Help: "call target, whose key is %, with each line of a file: a key, as in a URL, a blank, and the body. Each is a 4xx, at the first attempt"},
}

var outside = script.Table{
	{Name: "hold", Args: "before|after kind [subject]", Do: holdRequest,
		Help: "stop the next request before it acts, or after it acted and before it answers"},
	{Name: "held", Args: "kind [subject]", Do: waitHeld,
		Help: "wait until one is"},
	{Name: "release", Args: "kind [subject]", Do: releaseRequest,
		Help: "let it go"},
	{Name: "gather", Args: "kind subject…", Do: gatherRequests,
		Help: "stop one request for each subject until all are there"},
	{Name: "refuse", Args: "kind n status [subject]", Do: refuseRequests,
		Help: "answer the next n requests, all if n is below 0, with a status"},
	{Name: "lose", Args: "kind n [subject]", Do: loseAnswers,
		Help: "do what the next n requests ask, and answer none"},
	{Name: "rolls", Args: "[subject] number…", Do: setRolls,
		Help: "the gateway's next rolls; those below 40 fail"},
	{Name: "apart", Args: "kind time", Do: checkApart, Traits: script.Always(script.Traits{Alone: true}),
		Help: "at least so long from $K's first request to the last; the script runs alone, for what others do takes time too"},
	{Name: "rolled", Args: "[subject] [number…]", Do: checkRolled,
		Help: "these rolls, and no others, were thrown for $K"},
	{Name: "effects", Args: "kind n [subject]", Do: countEffects,
		Help: "how often it was done"},
	{Name: "requests", Args: "kind n [subject]", Do: countRequests,
		Help: "how often it was asked"},
	{Name: "price", Args: "NAME sku [times]", Do: setPrice,
		Help: "set $NAME to what so many of a sku cost; 1 if not said"},
	{Name: "carries", Args: "kind field value", Do: checkCarries,
		Help: "every such request has that field, or that key, where field is key; value may be answer.field, a field of the last answer"},
	{Name: "backs-off", Args: "Service/Handler", Do: checkBackOff,
		Help: "each of its attempts that failed has said when to be tried again, and has not left that to Restate"},
}

// atPlace are the traits of a crash that has a place of its own.
var atPlace = script.Always(script.Traits{Standby: true, Alone: true})

var crashes = script.Table{
	{Name: "crash", Do: crashProgram, Traits: script.Always(script.Traits{Standby: true}),
		Help: "kill the program (SIGKILL) and start it again"},
	{Name: "crash", Args: "target message [n]", Do: armCrash, Traits: atPlace,
		Help: "do so when it sends its n-th such message: step, result, call, send, answer, end; the message is lost"},
	{Name: "cut", Args: "target message [n]", Do: armCut,
		Help: "end only that stream, just before that message"},
	{Name: "away", Args: "target n", Do: failAttempts,
		Help: "have the next n attempts, behind the first, find the program down"},
	{Name: "killed", Do: waitKilled, Traits: atPlace,
		Help: "wait until the program has killed itself, where a word such as failpoint had it do so; start it again"},
	{Name: "restart", Args: "NAME=value…", Do: restartWith, Traits: script.Always(script.Traits{Alone: true, Restarts: true}),
		Help: "have a program with more in its environment serve in the place of the one that runs, until the script's end; with SHOP_DB, rows are those of that file"},
	{Name: "terminate", Do: terminateProgram, Traits: script.Always(script.Traits{Alone: true, Ends: true}),
		Help: "ask the program to end (SIGTERM)"},
	{Name: "quits", Do: waitQuits,
		Help: "wait until it has ended well; such a script is the last"},
	{Name: "down", Do: stopServices, Traits: script.Always(script.Traits{Alone: true}),
		Help: "kill the services of other lessons; they stay away"},
	{Name: "up", Do: startServices,
		Help: "start them again"},
	{Name: "policy", Args: "Service", Do: checkPolicy,
		Help: "its retry policy stands in code"},
	{Name: "unsaid", Args: "text", Do: checkUnsaid,
		Help: "no line of the program's, nor of the server's, has it"},
	{Name: "says", Args: "text n", Do: countLines,
		Help: "how many lines of the program's have $K and the text"},
	{Name: "sweep", Args: "cut|kill|outage target json", Do: sweepCall, Traits: sweepTraits,
		Help: "learn what messages a call makes the program send; then once more for each, side by side, with that message lost: the stream cut before it; or before each step's result the program killed, or the server, once for all. The script's file claims has words that must hold of every one, with its own $K; nothing may be left running"},
	{Name: "launch", Args: "name argument…", Do: launchProgram,
		Help: "run the program with arguments, as a plain one"},
	{Name: "crash", Args: "name", Do: crashLaunched,
		Help: "kill it"},
	{Name: "ended", Args: "name", Do: waitEnded,
		Help: "wait for it to end well"},
}

var answers = script.Table{
	{Name: "judge", Args: "file name", Do: setJudged,
		Help: "what the script judges: a file of the lesson and a function, Type.Method or constant in it"},
	{Name: "guess", Args: "name happened …", Do: checkGuesses,
		Help: "compare guesses with what happened"},
	{Name: "quiz", Args: "name letter", Do: checkQuiz,
		Help: "compare an answer; files name/letter say why"},
}
