package claim

import (
	"fmt"
	"strings"
	"time"
)

// Kind is what a claim is about.
type Kind string

// Counts.
const (
	Attempts        Kind = "attempts"         // how many times a handler was run
	AllAttempts     Kind = "all-attempts"     // how many times all handlers were run
	Invocations     Kind = "invocations"      // how many times a handler was called
	Effects         Kind = "effects"          // how many times the outside world did something
	Requests        Kind = "requests"         // how many times it was requested
	Lines           Kind = "lines"            // how many lines the program has printed
	Rolls           Kind = "rolls"            // which rolls decided the requests to the gateway
	SeveralRequests Kind = "several-requests" // more than one of a kind
	Spread          Kind = "spread"           // the time from the first request to the last
	Waits           Kind = "waits"            // the time that failed attempts ask for, together
)

// Answers.
const (
	Answer      Kind = "answer"       // of one call: its status, and perhaps its body
	Answers     Kind = "answers"      // each of some calls is answered with 200
	Refusal     Kind = "refusal"      // a 4xx for one line of a file
	OtherAnswer Kind = "other-answer" // two answers that differ
	Field       Kind = "field"        // a field of an answer
	SomeField   Kind = "some-field"   // one field of several
)

// Names, values and lines.
const (
	StepNames Kind = "step-names"
	Carried   Kind = "carried" // the value of a field in each request
	Silence   Kind = "silence" // no line has a text
)

// Events that a script waits for.
const (
	AnswerFrom  Kind = "answer-from"  // a call is answered
	RequestOf   Kind = "request-of"   // a request reaches the outside world
	Turn        Kind = "turn"         // a call waits for its key
	Promise     Kind = "promise"      // a call waits for a promise
	LongWait    Kind = "long-wait"    // for a durable promise, or until its timer goes off
	Failure     Kind = "failure"      // an attempt of a call fails
	FailureWith Kind = "failure-with" // an attempt fails with a text
	Delay       Kind = "delay"        // a one-way call waits for its time
	Completion  Kind = "completion"   // a handler was called, and finished without an error
	Rest        Kind = "rest"         // every invocation has finished
	CancelHeard Kind = "cancel-heard"
	CallEnd     Kind = "call-end"
	Forgotten   Kind = "forgotten"   // Restate forgets a call
	FaultPlace  Kind = "fault-place" // the program sends the message that a fault waits for
	Commit      Kind = "commit"      // the program comes to the commit at which it is killed
	Gathering   Kind = "gathering"   // some requests are open at the same time
)

// The program, and the services that it offers.
const (
	Serving       Kind = "serving"
	Registration  Kind = "registration"
	Service       Kind = "service"
	RetryPolicy   Kind = "retry-policy"
	PolicyEnd     Kind = "policy-end"    // what Restate does after the last attempt
	PolicyStart   Kind = "policy-start"  // the wait before the first retry
	PolicyLength  Kind = "policy-length" // the time that all attempts take
	BackOff       Kind = "back-off"
	LeftBackOff   Kind = "left-back-off"
	Closing       Kind = "closing"        // it accepts no new connection after a SIGTERM
	ProgramEnd    Kind = "program-end"    // it exits after a SIGTERM
	ProgramWell   Kind = "program-well"   // it exits with code 0 after a SIGTERM
	LaunchRunning Kind = "launch-running" // a launched program runs when it is killed
	LaunchEnd     Kind = "launch-end"
	LaunchWell    Kind = "launch-well"    // it exits with code 0
	LaunchBadly   Kind = "launch-badly"   // it exits with another code
	LaunchRefusal Kind = "launch-refusal" // it exits with an error that has a text
	LaunchPrinted Kind = "launch-printed" // it exits with code 0, and prints JSON
	NodeAsked     Kind = "node-asked"     // a launched program sends a node a request
	CommitSent    Kind = "commit-sent"    // a launched program sends the database a change to commit
	DatabaseTried Kind = "database-tried" // a launched program tries to reach the database again
	OrdersOnce    Kind = "orders-once"    // each of many orders has happened once
)

// Versions of the program.
const (
	Deployment Kind = "deployment" // whether Restate knows a program, and sends new calls to it
	Served     Kind = "served"     // how many calls of a handler a program has served
	Asking     Kind = "asking"     // a launched program goes on asking Restate
	Stored     Kind = "stored"     // the state of objects
)

// What the learner answers.
const (
	WholeNumber Kind = "whole-number"
	Guess       Kind = "guess"
	RightGuess  Kind = "right-guess"
	Letter      Kind = "letter"
	RightLetter Kind = "right-letter"
)

// The source of the program.
const Source Kind = "source" // a step uses only its own context

// The database.
const (
	Rows        Kind = "rows"     // what a query gives
	Table       Kind = "table"    // the rows of it in an answer
	Database    Kind = "database" // its file
	RowToChange Kind = "row-to-change"
	Writable    Kind = "writable" // other programs can write to it
)

// ExpectOwnContext claims that the steps of a function use no context but their own.
func ExpectOwnContext() Claim { return Claim{Kind: Source} }

// ExpectAttempts claims how many times a handler, Service/Handler, is run.
func ExpectAttempts(handler string, n Count) Claim {
	return Claim{Kind: Attempts, Of: handler, Want: Want{Count: n}}
}

// ExpectAllAttempts claims how many times all handlers together are run.
func ExpectAllAttempts(n int) Claim {
	return Claim{Kind: AllAttempts, Want: Want{Count: Count{N: n}}}
}

// ExpectInvocations claims how many times a handler, Service/Handler, is called.
func ExpectInvocations(handler string, n Count) Claim {
	return Claim{Kind: Invocations, Of: handler, Want: Want{Count: n}}
}

// ExpectEffects claims how many times an effect of a kind happens for a
// subject.
func ExpectEffects(kind, subject string, n Count) Claim {
	return Claim{Kind: Effects, Of: kind, For: subject, Want: Want{Count: n}}
}

// ExpectRequests claims how many times an effect of a kind is requested.
func ExpectRequests(kind, subject string, n Count) Claim {
	return Claim{Kind: Requests, Of: kind, For: subject, Want: Want{Count: n}}
}

// ExpectLines claims how many lines have a text in them.
func ExpectLines(text string, n Count) Claim {
	return Claim{Kind: Lines, Want: Want{Text: text, Count: n}}
}

// ExpectRolls claims which rolls are thrown.
func ExpectRolls(rolls []int) Claim { return Claim{Kind: Rolls, Want: Want{Rolls: rolls}} }

// ExpectSeveralRequests claims more than one request of a kind.
func ExpectSeveralRequests(kind string) Claim { return Claim{Kind: SeveralRequests, Of: kind} }

// ExpectSpread claims the least time from the first request of a kind to the last.
func ExpectSpread(kind string, least time.Duration) Claim {
	return Claim{Kind: Spread, Of: kind, Want: Want{Time: least}}
}

// ExpectWaits claims that the waits for which the failed attempts asked, in the time from
// the first request of a kind to the last, are together not longer than a time.
func ExpectWaits(kind string, most time.Duration) Claim {
	return Claim{Kind: Waits, Of: kind, Want: Want{Time: most}}
}

// ExpectAnswer claims an answer's status, and its body unless that is empty.
func ExpectAnswer(status int, body string) Claim {
	return Claim{Kind: Answer, Want: Want{Status: status, JSON: body}}
}

// ExpectAnswers claims n answers of 200.
func ExpectAnswers(n int) Claim {
	return Claim{Kind: Answers, Want: Want{Status: 200, Count: Count{N: n}}}
}

// ExpectRefusal claims a 4xx for a line: a key and a body.
func ExpectRefusal(line string) Claim { return Claim{Kind: Refusal, Of: line} }

// ExpectOtherAnswer claims that two answers differ.
func ExpectOtherAnswer() Claim { return Claim{Kind: OtherAnswer} }

// ExpectField claims that an answer has a field.
func ExpectField(name string) Claim { return Claim{Kind: Field, Of: name} }

// ExpectSomeField claims that an answer has one of some fields.
func ExpectSomeField(first, last string) Claim {
	return Claim{Kind: SomeField, Of: first, Want: Want{Field: last}}
}

// ExpectStepNames claims that each step has a name of its own.
func ExpectStepNames() Claim { return Claim{Kind: StepNames} }

// ExpectCarried claims the value of a field in each request of a kind.
func ExpectCarried(kind, field, value string) Claim {
	return Claim{Kind: Carried, Of: kind, Want: Want{Field: field, Text: value}}
}

// ExpectSilence claims that no line has a text in it.
func ExpectSilence(text string) Claim { return Claim{Kind: Silence, Want: Want{Text: text}} }

// ExpectAnswerFrom claims that a call is answered.
func ExpectAnswerFrom(call string) Claim { return Claim{Kind: AnswerFrom, Of: call} }

// ExpectRequestOf claims that a request of a kind arrives.
func ExpectRequestOf(kind string) Claim { return Claim{Kind: RequestOf, Of: kind} }

// ExpectTurn claims that a call waits for its key.
func ExpectTurn(call string) Claim { return Claim{Kind: Turn, Of: call} }

// ExpectPromise claims that a call waits for a promise.
func ExpectPromise(call string) Claim { return Claim{Kind: Promise, Of: call} }

// ExpectLongWait claims that the timer of a call that waits for a durable promise has at
// least a time to go.
func ExpectLongWait(call string, least time.Duration) Claim {
	return Claim{Kind: LongWait, Of: call, Want: Want{Time: least}}
}

// ExpectFailure claims that an attempt of a call fails.
func ExpectFailure(call string) Claim { return Claim{Kind: Failure, Of: call} }

// ExpectFailureWith claims that an attempt fails with a text.
func ExpectFailureWith(text string) Claim { return Claim{Kind: FailureWith, Want: Want{Text: text}} }

// ExpectDelay claims one call of a handler, delayed by that many seconds.
func ExpectDelay(handler string, seconds int) Claim {
	return Claim{Kind: Delay, Of: handler, Want: Want{Time: time.Duration(seconds) * time.Second}}
}

// ExpectCompletion claims that a handler is called and finishes without an
// error.
func ExpectCompletion(handler string) Claim { return Claim{Kind: Completion, Of: handler} }

// ExpectRest claims that every invocation has finished.
func ExpectRest() Claim { return Claim{Kind: Rest} }

// ExpectCancelHeard claims that a cancel reaches a handler.
func ExpectCancelHeard(handler string) Claim { return Claim{Kind: CancelHeard, Of: handler} }

// ExpectCallEnd claims that a call has ended.
func ExpectCallEnd(call string) Claim { return Claim{Kind: CallEnd, Of: call} }

// ExpectForgotten claims that Restate forgets a call.
func ExpectForgotten(call string) Claim { return Claim{Kind: Forgotten, Of: call} }

// ExpectFaultPlace claims that the program sends a message of a type, the n-th of
// that type for the target. place is the same in words.
func ExpectFaultPlace(target, message, place string, n int) Claim {
	return Claim{Kind: FaultPlace, Of: target, Want: Want{Message: message, Text: place, Count: Count{N: n}}}
}

// ExpectCommit claims that the program comes to its n-th commit, or to another
// place where n is 0. place is the same in words.
func ExpectCommit(n int, place string) Claim {
	return Claim{Kind: Commit, Want: Want{Count: Count{N: n}, Text: place}}
}

// ExpectGathering claims that n requests of a kind are open at the same time.
func ExpectGathering(kind string, n int) Claim {
	return Claim{Kind: Gathering, Of: kind, Want: Want{Count: Count{N: n}}}
}

// ExpectServing claims that the program serves.
func ExpectServing() Claim { return Claim{Kind: Serving} }

// ExpectRegistration claims that Restate registers the program's services.
func ExpectRegistration() Claim { return Claim{Kind: Registration} }

// ExpectService claims that Restate knows a service.
func ExpectService(name string) Claim { return Claim{Kind: Service, Of: name} }

// ExpectRetryPolicy claims that a service has a retry policy in its code.
func ExpectRetryPolicy(service string) Claim { return Claim{Kind: RetryPolicy, Of: service} }

// ExpectPause claims that the retry policy of a service pauses an invocation after its
// last attempt.
func ExpectPause(service string) Claim { return Claim{Kind: PolicyEnd, Of: service} }

// ExpectFirstRetry claims that the retry policy of a service waits at most for a time
// before the first retry.
func ExpectFirstRetry(service string, latest time.Duration) Claim {
	return Claim{Kind: PolicyStart, Of: service, Want: Want{Time: latest}}
}

// ExpectRetries claims that the retry policy of a service retries at least for a time.
func ExpectRetries(service string, least time.Duration) Claim {
	return Claim{Kind: PolicyLength, Of: service, Want: Want{Time: least}}
}

// ExpectBackOff claims that each failed attempt of a handler sets the time until the
// next one.
func ExpectBackOff(handler string) Claim { return Claim{Kind: BackOff, Of: handler} }

// ExpectLeftBackOff claims that n failed attempts of a handler leave the time until the next
// one to Restate.
func ExpectLeftBackOff(handler string, n Count) Claim {
	return Claim{Kind: LeftBackOff, Of: handler, Want: Want{Count: n}}
}

// ExpectClosing claims that the program accepts no new connection after a SIGTERM.
func ExpectClosing() Claim { return Claim{Kind: Closing} }

// ExpectProgramEnd claims that the program exits after a SIGTERM.
func ExpectProgramEnd() Claim { return Claim{Kind: ProgramEnd} }

// ExpectProgramWell claims that the program exits with code 0 after a SIGTERM.
func ExpectProgramWell() Claim { return Claim{Kind: ProgramWell} }

// ExpectLaunchRunning claims that a launched program runs when it is killed.
func ExpectLaunchRunning(name string) Claim { return Claim{Kind: LaunchRunning, Of: name} }

// ExpectLaunchEnd claims that a launched program exits.
func ExpectLaunchEnd(name string) Claim { return Claim{Kind: LaunchEnd, Of: name} }

// ExpectLaunchWell claims that a launched program exits with code 0.
func ExpectLaunchWell(name string) Claim { return Claim{Kind: LaunchWell, Of: name} }

// ExpectTakenAddress claims that a program exits with an error if another program serves
// at its address.
func ExpectTakenAddress() Claim { return Claim{Kind: LaunchBadly} }

// ExpectLaunchRefusal claims that a launched program exits with an error that has a text.
func ExpectLaunchRefusal(name, text string) Claim {
	return Claim{Kind: LaunchRefusal, Of: name, Want: Want{Text: text}}
}

// ExpectPrinted claims that a launched program exits with code 0, and prints JSON last.
func ExpectPrinted(name, json string) Claim {
	return Claim{Kind: LaunchPrinted, Of: name, Want: Want{JSON: json}}
}

// ExpectNodeAsked claims that a launched program sends a node a request, and waits for the
// answer.
func ExpectNodeAsked() Claim { return Claim{Kind: NodeAsked} }

// ExpectCommitSent claims that a launched program sends the database a change to commit.
func ExpectCommitSent() Claim { return Claim{Kind: CommitSent} }

// ExpectDatabaseTried claims that a launched program tries to reach the database again.
func ExpectDatabaseTried() Claim { return Claim{Kind: DatabaseTried} }

// ExpectOrdersOnce claims that each of n orders was charged once and sent once, and that there
// are no other orders.
func ExpectOrdersOnce(n int) Claim { return Claim{Kind: OrdersOnce, Want: Want{Count: Count{N: n}}} }

// ExpectDeployment claims that a program is current, old, or gone.
func ExpectDeployment(name, state string) Claim {
	return Claim{Kind: Deployment, Of: name, Want: Want{Text: state}}
}

// ExpectServed claims how many calls of a handler, Service/Handler, a program serves.
func ExpectServed(handler, name string, n Count) Claim {
	return Claim{Kind: Served, Of: handler, For: name, Want: Want{Count: n}}
}

// ExpectAsking claims that a launched program goes on asking Restate.
func ExpectAsking(name string) Claim { return Claim{Kind: Asking, Of: name} }

// ExpectStored claims a value in the state of n objects.
func ExpectStored(objects, value string, n int) Claim {
	return Claim{Kind: Stored, Of: objects, Want: Want{JSON: value, Count: Count{N: n}}}
}

// ExpectWholeNumber claims that a guess is a whole number.
func ExpectWholeNumber(name string) Claim { return Claim{Kind: WholeNumber, Of: name} }

// ExpectGuess claims that there is a guess.
func ExpectGuess() Claim { return Claim{Kind: Guess} }

// ExpectRightGuess claims that the guesses are what happened.
func ExpectRightGuess(happened []string) Claim {
	return Claim{Kind: RightGuess, Want: Want{Counts: happened}}
}

// ExpectLetter claims that a quiz question is answered with a letter.
func ExpectLetter(question string) Claim { return Claim{Kind: Letter, Of: question} }

// ExpectRightLetter claims that a quiz question is answered with another letter.
func ExpectRightLetter(question string) Claim { return Claim{Kind: RightLetter, Of: question} }

// ExpectRows claims the rows that a query gives, a JSON array.
func ExpectRows(rows string) Claim { return Claim{Kind: Rows, Want: Want{JSON: rows}} }

// ExpectTable claims that an answer has the rows that a query gives.
func ExpectTable(rows string) Claim { return Claim{Kind: Table, Want: Want{JSON: rows}} }

// ExpectDatabase claims that the program's database is in its file.
func ExpectDatabase() Claim { return Claim{Kind: Database} }

// ExpectRowToChange claims that a statement finds a row to change.
func ExpectRowToChange(statement string) Claim { return Claim{Kind: RowToChange, Of: statement} }

// ExpectWritable claims that other programs can write to the database.
func ExpectWritable() Claim { return Claim{Kind: Writable} }

// renderText returns a rendering that is the same for every claim of a kind.
func renderText(words string) func(Claim) string { return func(Claim) string { return words } }

// renderOf returns a rendering that puts what the claim is about between two texts.
func renderOf(before, after string) func(Claim) string {
	return func(c Claim) string { return before + c.Of + after }
}

// renderExpected has for each kind the function that Expected calls.
var renderExpected = map[Kind]func(Claim) string{
	Attempts:    func(c Claim) string { return c.Want.Count.countWords("attempt", " of "+c.Of) },
	AllAttempts: func(c Claim) string { return c.Want.Count.countWords("attempt", ", one for each call") },
	Invocations: func(c Claim) string { return c.Want.Count.countWords("invocation", " of "+c.Of) },
	Effects:     func(c Claim) string { return c.Want.Count.countWords(c.counted(), " for "+c.subject()) },
	Requests:    func(c Claim) string { return c.Want.Count.countWords(c.counted(), " for "+c.subject()) },
	Lines: func(c Claim) string {
		return c.Want.Count.countWords("line", fmt.Sprintf(" of output with %q", c.Want.Text))
	},
	Rolls:           func(c Claim) string { return rollWords(c.Want.Rolls) },
	SeveralRequests: func(c Claim) string { return "at least 2 " + RequestNoun(c.Of) + "s" },
	Spread: func(c Claim) string {
		return fmt.Sprintf("at least %v from the first %s to the last", c.Want.Time, RequestNoun(c.Of))
	},
	Waits: func(c Claim) string {
		return fmt.Sprintf("waits of at most %v between the first %s and the last", c.Want.Time, RequestNoun(c.Of))
	},

	Answer:      func(c Claim) string { return statusWords(c.Want.Status, c.Want.JSON) },
	Answers:     func(c Claim) string { return fmt.Sprintf("%d answers with status %d", c.Want.Count.N, c.Want.Status) },
	Refusal:     renderRefusal,
	OtherAnswer: renderText("an answer that differs from all earlier answers"),
	Field:       renderOf("an answer with the field ", ""),
	SomeField:   func(c Claim) string { return "an answer with one of the fields " + c.Of + " to " + c.Want.Field },

	StepNames: renderText("a name of its own for each step, because people read the journal"),
	Carried: func(c Claim) string {
		return fmt.Sprintf("%s in each %s", fieldWords(c.Want.Field, c.Want.Text), RequestNoun(c.Of))
	},
	Silence: func(c Claim) string { return fmt.Sprintf("no line of output with %q", c.Want.Text) },

	AnswerFrom: renderOf("an answer from ", ""),
	RequestOf:  func(c Claim) string { return withArticle(RequestNoun(c.Of)) },
	Turn:       renderOf("", " to wait until its object key is free"),
	Promise:    renderOf("", " to wait for a durable promise"),
	LongWait: func(c Claim) string {
		return fmt.Sprintf("%s to wait for a durable promise, with a timer that has at least %v to go", c.Of, c.Want.Time)
	},
	Failure:     renderOf("a failed attempt of ", ""),
	FailureWith: func(c Claim) string { return fmt.Sprintf("an attempt that fails with %q", c.Want.Text) },
	Delay: func(c Claim) string {
		return fmt.Sprintf("one call of %s with a delay of %d s", c.Of, c.Want.Time/time.Second)
	},
	Completion:  renderOf("", " to finish without an error"),
	Rest:        renderText("every invocation to finish"),
	CancelHeard: renderOf("the cancel to reach ", ""),
	CallEnd:     renderOf("", " to finish"),
	Forgotten:   renderOf("Restate to forget ", ""),
	FaultPlace:  func(c Claim) string { return "the program to send " + c.Want.Text },
	Commit: func(c Claim) string {
		return "the program to reach the point where the check kills it: " + c.Want.Text
	},
	Gathering: func(c Claim) string {
		return fmt.Sprintf("%d %ss at the same time", c.Want.Count.N, RequestNoun(c.Of))
	},

	Serving:      renderText("a program that serves at the address in LISTEN"),
	Registration: renderText("services that Restate can register"),
	Service:      renderOf("a registered service with the name ", ""),
	RetryPolicy:  renderOf("a retry policy in the code of ", ""),
	PolicyEnd:    renderOf("a retry policy of ", " that pauses an invocation after its last attempt"),
	PolicyStart: func(c Claim) string {
		return fmt.Sprintf("a retry policy of %s whose first wait is at most %v", c.Of, c.Want.Time)
	},
	PolicyLength: func(c Claim) string {
		return fmt.Sprintf("a retry policy of %s that retries for at least %v", c.Of, c.Want.Time)
	},
	BackOff: renderOf("each failed attempt of ", " to set its own back-off"),
	LeftBackOff: func(c Claim) string {
		return c.Want.Count.countWords("failed attempt", " of "+c.Of+" that leaves the back-off to Restate")
	},
	Closing:       renderText("the program to accept no new connection after a SIGTERM"),
	ProgramEnd:    renderText("the program to exit after a SIGTERM"),
	ProgramWell:   renderText("the program to exit with code 0 after a SIGTERM"),
	LaunchRunning: renderOf("", " to run until the check kills it"),
	LaunchEnd:     renderOf("", " to exit"),
	LaunchWell:    renderOf("", " to exit with code 0"),
	LaunchRefusal: renderLaunchRefusal,
	LaunchPrinted: func(c Claim) string { return c.Of + " to print " + c.Want.JSON },
	NodeAsked:     renderText("a request to one of the nodes"),
	CommitSent:    renderText("a COMMIT of the program"),
	DatabaseTried: renderText("the program to try to reach the database again"),
	OrdersOnce: func(c Claim) string {
		return c.Want.Count.countWords("order", "") + ", each charged once and sent once, and no other order"
	},
	Deployment: func(c Claim) string { return DeploymentWords(c.Of, c.Want.Text) },
	Served: func(c Claim) string {
		return c.Want.Count.countWords("invocation", " of "+c.Of+" on the program "+c.For)
	},
	Asking: renderOf("", " to go on asking Restate, because the old version still has work"),
	Stored: func(c Claim) string {
		return fmt.Sprintf("in the state of %s: %s", objectWords(c.Of, c.Want.Count.N), shorten(c.Want.JSON))
	},
	LaunchBadly: renderText("a program whose address is taken to exit with another code than 0"),

	WholeNumber: renderOf("a whole number of ", ""),
	Guess:       renderText("a guess in place of -1"),
	RightGuess:  func(c Claim) string { return "what the check counted: " + strings.Join(c.Want.Counts, ", ") },
	Letter:      renderOf("one letter in ", ""),
	RightLetter: renderOf("another letter in ", ""),

	Rows:        func(c Claim) string { return rowsWords(c.Want.JSON) },
	Table:       func(c Claim) string { return rowsWords(c.Want.JSON) + ", as the database has them" },
	Database:    renderText("a database in the file that SHOP_DB names"),
	RowToChange: renderOf("a row that matches: ", ""),
	Writable:    renderText("a database that other programs can write to"),
	Source:      renderText("steps that do not use the context of the handler"),
}

// renderLaunchRefusal names the text of the error, if there is one.
func renderLaunchRefusal(c Claim) string {
	if c.Want.Text == "" {
		return c.Of + " to exit with an error"
	}
	return fmt.Sprintf("%s to exit with an error that has %q", c.Of, c.Want.Text)
}

// renderRefusal names the object key and the body of one call.
func renderRefusal(c Claim) string {
	key, body, hasBody := strings.Cut(shorten(c.Of), " ")
	if !hasBody {
		return "a 4xx status for object key " + key
	}
	return fmt.Sprintf("a 4xx status for object key %s with body %s", key, body)
}

// shorten returns a line as a verdict has room for it: at most 78 characters.
func shorten(line string) string {
	if r := []rune(line); len(r) > 80 {
		return string(r[:77]) + "…"
	}
	return line
}
