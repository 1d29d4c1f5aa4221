// Package words has the words of check scripts, one family per file. The manual in the
// documentation of package check is made from Sections.
//
// The function of a word waits with methods of the script: Await waits for an answer,
// WaitOutside for an event in the outside world, and Poll for anything else. Await and
// WaitOutside end early if the awaited event can no longer happen. If the learner's
// program is at fault, the function returns record.Fail of a claim with its outcome: see
// package claim. Any other error means a fault in the workbook.
package words

import "example.com/workbook/tools/check/script"

// Sections are the words, in the order of the manual and under its headings.
var Sections = []Section{
	{"Calls", calls},
	{"The outside world", outside},
	{"Crashes", crashes},
	{"Versions", versions},
	{"Machines", machines},
	{"Answers", answers},
}

// Section is a part of the manual.
type Section struct {
	Title string
	Words script.Table
}

// With returns all words, and after them the words of a lesson.
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
		Help: "call a handler and do not wait; with *n, make n calls at once, and replace %d in target and json by 1 to n"},
	{Name: "finish", Args: "name[*n]", Do: finishCalls,
		Help: "wait for the answer to that call; with *n, each answer must have status 200"},
	{Name: "answer", Args: "code [json]", Do: checkAnswer,
		Help: "the last answer has this status and JSON; its objects may have more fields, and null stands for a field that is not there"},
	{Name: "some", Args: "field…", Do: checkSomeField,
		Help: "the last answer has at least one of these fields"},
	{Name: "prices", Args: "divisor", Do: checkPrices,
		Help: "the name of each field of the last answer is a sku, and the field's value is the sku's price divided by that number"},
	{Name: "differs", Do: checkDiffers,
		Help: "the last answer differs from all earlier answers"},
	{Name: "named", Do: checkStepNames,
		Help: "each step that ran has a name of its own"},
	{Name: "remember", Args: "NAME field", Do: rememberField,
		Help: "set a variable to a field of the last answer"},
	{Name: "pending", Args: "name", Do: waitPending,
		Help: "wait until the call waits for its object key"},
	{Name: "fails", Args: "name [n]", Do: waitCallFails,
		Help: "wait until an attempt of the call has failed, or until n attempts have"},
	{Name: "failing", Args: "text", Do: waitAnyFails,
		Help: "wait until an attempt of one of the script's invocations has failed with that text"},
	{Name: "cancel", Args: "name", Do: cancelCall,
		Help: "cancel the call: Restate ends its next wait with an error"},
	{Name: "heard", Args: "Service/Handler", Do: waitCancelHeard,
		Help: "wait until the cancel is in the journals of all invocations of the handler, in services that are down"},
	{Name: "scheduled", Args: "Service/Handler seconds", Do: waitScheduled,
		Help: "one one-way call of the handler waits, and its delay is that many seconds"},
	{Name: "attempts", Args: "Service/Handler n", Do: countAttempts,
		Help: "the handler was run n times, over all invocations of the script"},
	{Name: "invocations", Args: "Service/Handler n", Do: countInvocations,
		Help: "the handler was called n times"},
	{Name: "completed", Args: "Service/Handler", Do: waitCompleted,
		Help: "wait until all invocations of the handler have ended without an error; for one-way calls, which have no answer"},
	{Name: "waiting", Args: "name [time]", Do: waitForPromise,
		Help: "wait until the call waits for a durable promise; its timer, if there is one, has at least this time to go"},
	{Name: "forget", Args: "Service/key", Do: forgetState,
		Help: "delete the state of a virtual object"},
	{Name: "purge", Args: "name", Do: purgeCall,
		Help: "delete a call that has ended from Restate"},
	{Name: "refused", Args: "target file", Do: checkRefused,
		Help: "call target with each line of a file. The line has an object key, as in a URL, a blank, and the body; the key replaces % in target. Each call fails with a 4xx status at its first attempt"},
}

var outside = script.Table{
	{Name: "hold", Args: "before|after kind [subject]", Do: holdRequest,
		Help: "stop the next request before the outside world acts, or after it acted and before it answers"},
	{Name: "held", Args: "kind [subject]", Do: waitHeld,
		Help: "wait until a request is stopped there"},
	{Name: "release", Args: "kind [subject]", Do: releaseRequest,
		Help: "let that request continue"},
	{Name: "gather", Args: "kind subject…", Do: gatherRequests,
		Help: "stop one request for each subject until all of them have arrived"},
	{Name: "refuse", Args: "kind n status [subject…]", Do: refuseRequests,
		Help: "answer the next n requests of each subject with a status; all requests if n is below 0"},
	{Name: "lose", Args: "kind n [subject]", Do: loseAnswers,
		Help: "act on the next n requests, and answer none of them"},
	{Name: "rolls", Args: "[subject] number…", Do: setRolls,
		Help: "set the next rolls of the gateway; a roll below 40 fails"},
	{Name: "apart", Args: "kind time [most]", Do: checkApart, Traits: script.Always(script.Traits{Alone: true}),
		Help: "$K's requests of a kind are spread over at least this time, and failed attempts asked for at most the second one; the script runs alone"},
	{Name: "rolled", Args: "[subject] [number…]", Do: checkRolled,
		Help: "the gateway used these rolls, and no others, for $K"},
	{Name: "effects", Args: "kind n [subject]", Do: countEffects,
		Help: "the outside world did this n times"},
	{Name: "requests", Args: "kind n [subject]", Do: countRequests,
		Help: "the outside world got n such requests"},
	{Name: "once", Args: "kind subject…", Do: checkOnce,
		Help: "the outside world got at most one such request for each subject"},
	{Name: "charged", Args: "NAME [subject]", Do: setCharge,
		Help: "set $NAME to the id that the gateway gave to the only charge"},
	{Name: "price", Args: "NAME sku [times] …", Do: setPrice,
		Help: "set $NAME to the price of that many pieces of a sku, by default of 1; with several skus, to the price of all together"},
	{Name: "effect-id", Args: "NAME kind [subject]", Do: setEffectID,
		Help: "set $NAME to the id that the outside world gave to its one effect of a kind"},
	{Name: "carries", Args: "kind field value", Do: checkCarries,
		Help: "every request of the kind has that field with that value; the field key is the idempotency key; the value may be answer.field, a field of the last answer"},
	{Name: "backs-off", Args: "Service/Handler", Do: checkBackOff,
		Help: "each failed attempt of the handler has set the time until the next attempt, and has not left that to Restate; each failed request of $K has ended an attempt"},
	{Name: "leaves-back-off", Args: "Service/Handler n", Do: countLeftBackOff,
		Help: "n failed attempts of the handler have left the time until the next attempt to Restate"},
}

// atPlace are the traits of a word that kills the program at a place of its own.
var atPlace = script.Always(script.Traits{Standby: true, Alone: true})

var crashes = script.Table{
	{Name: "crash", Do: crashProgram, Traits: script.Always(script.Traits{Standby: true}),
		Help: "kill the program (SIGKILL) and start it again"},
	{Name: "crash", Args: "target message [n]", Do: armCrash, Traits: atPlace,
		Help: "kill the program when it sends its n-th message of that type: step, result, call, send, answer, end; the message is lost, and the program starts again"},
	{Name: "cut", Args: "target message [n]", Do: armCut,
		Help: "end only that stream, right before the message"},
	{Name: "away", Args: "target n", Do: failAttempts,
		Help: "make the n attempts after the first one fail, because they cannot reach the program"},
	{Name: "dies", Do: waitDeath, Traits: atPlace,
		Help: "wait until the program has killed itself because of an earlier word; the word killed then starts it again"},
	{Name: "killed", Do: waitKilled, Traits: atPlace,
		Help: "wait until the program has killed itself because of an earlier word and start it again"},
	{Name: "restart", Args: "NAME=value…", Do: restartWith, Traits: script.Always(script.Traits{Alone: true, Restarts: true}),
		Help: "replace the program by one with these settings in its environment, until the end of the script; after SHOP_DB, the word rows reads that file"},
	{Name: "terminate", Do: terminateProgram, Traits: script.Always(script.Traits{Alone: true, Ends: true}),
		Help: "send the program a SIGTERM, which asks it to exit"},
	{Name: "quits", Do: waitQuits,
		Help: "wait until the program has exited with code 0; no script may run after this one"},
	{Name: "down", Do: stopServices, Traits: script.Always(script.Traits{Alone: true}),
		Help: "kill the services of the other lessons; they stay down"},
	{Name: "up", Do: startServices,
		Help: "start the services of the other lessons again"},
	{Name: "policy", Args: "Service", Do: checkPolicy,
		Help: "each handler of the service has a retry policy in the code: it retries after a second or sooner, for an hour or longer, and then pauses"},
	{Name: "taken", Do: checkTaken,
		Help: "a second program that starts at the address of the first one exits with a code other than 0"},
	{Name: "unsaid", Args: "text", Do: checkUnsaid,
		Help: "no line of output of the program, of the other services, or of the server has the text"},
	{Name: "says", Args: "text n", Do: countLines,
		Help: "n lines of output of the program have $K and the text"},
	{Name: "sweep", Args: "cut|kill|outage target json", Do: sweepCall, Traits: sweepTraits,
		Help: "call target once, to learn which messages the program sends. Then call it once for each of these messages, all at the same time, and lose that message. cut ends the stream before each message. kill and outage wait until each call is right before the result of another step, and then kill the program, or the server, once. The words in the script's file claims must hold for every call, each with its own $K, and no invocation may be left"},
	{Name: "launch", Args: "name argument…", Do: launchProgram,
		Help: "run the program with arguments, as a plain program"},
	{Name: "crash", Args: "name", Do: crashLaunched,
		Help: "kill that plain program"},
	{Name: "ended", Args: "name", Do: waitEnded,
		Help: "wait until that plain program has exited with code 0"},
}

var answers = script.Table{
	{Name: "judge", Args: "file name", Do: setJudged,
		Help: "the script checks this part of the lesson: a file, and a function, Type.Method or constant in it"},
	{Name: "guess", Args: "name happened …", Do: checkGuesses,
		Help: "compare the learner's guesses with the counts"},
	{Name: "quiz", Args: "name letter", Do: checkQuiz,
		Help: "compare the learner's answer; the files name/letter give the reasons"},
}
