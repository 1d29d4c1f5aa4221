package claim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"example.com/workbook/tools/course"
)

// Outcome is the sort of thing that a claim got.
type Outcome string

// Counts, answers and values.
const (
	Counted      Outcome = "counted"
	TriedAgain   Outcome = "tried-again" // that many attempts, because some were retried
	Rolled       Outcome = "rolled"
	Took         Outcome = "took" // that long
	Answered     Outcome = "answered"
	SameAnswer   Outcome = "same-answer"   // two calls were answered alike
	Empty        Outcome = "empty"         // a field is
	Valued       Outcome = "valued"        // a field has a value
	Unnamed      Outcome = "unnamed"       // a step is
	SameName     Outcome = "same-name"     // two steps have
	NoRequest    Outcome = "no-request"    // no request came
	Printed      Outcome = "printed"       // a line that must not be there
	FoundRows    Outcome = "found-rows"    // in the database, a JSON array
	FoundTable   Outcome = "found-table"   // in an answer, a JSON array
	NoFile       Outcome = "no-file"       // where the database should be
	NoRow        Outcome = "no-row"        // to change
	Locked       Outcome = "locked"        // the database, by the program
	NotReached   Outcome = "not-reached"   // the place of a fault
	NotCommitted Outcome = "not-committed" // the program has made no such commit
	FoundPlace   Outcome = "found-place"   // a line of the source that must not be there
)

// Why a call is not answered, or an event does not come.
const (
	NothingWithin   Outcome = "nothing-within"    // no answer, no request, in the time there is
	NothingSeen     Outcome = "nothing-seen"      // no such event in the time there is
	AnsweredInstead Outcome = "answered-instead"  // some call was answered before it came
	AnsweredAtOnce  Outcome = "answered-at-once"  // the call was, and should wait or fail
	ProgramEnded    Outcome = "program-ended"     // by itself
	NotReplayable   Outcome = "not-replayable"    // RT0016
	Paused          Outcome = "paused"            // after the last attempt that the policy allows
	Retried         Outcome = "retried"           // it fails over and over
	WaitsForTurn    Outcome = "waits-for-turn"    // another handler has the key
	WaitsForItself  Outcome = "waits-for-itself"  // the handler that has the key waits for it
	Idle            Outcome = "idle"              // the handler does nothing that the check can see
	OutsideOfSteps  Outcome = "outside-of-steps"  // it was cancelled, and does not notice
	Sleeps          Outcome = "sleeps"            // for too long
	SleepsAgain     Outcome = "sleeps-again"      // over and over
	WaitsForPromise Outcome = "waits-for-promise" // that nobody resolves
	NoPromise       Outcome = "no-promise"        // it waits, and for no promise
	CallsOnAndOn    Outcome = "calls-on-and-on"   // the same handler
	RunsApart       Outcome = "runs-apart"        // some requests wait, and the others do not come
	EndedBadly      Outcome = "ended-badly"       // an invocation ended in an error
	InState         Outcome = "in-state"          // an invocation is in another state
	NotCalled       Outcome = "not-called"        // the handler was not called
	SoMany          Outcome = "so-many"           // invocations where there should be one
	NotDelayed      Outcome = "not-delayed"       // the call does not wait
	Delayed         Outcome = "delayed"           // the call waits for another time
	StillRuns       Outcome = "still-runs"        // the program
	DeploymentIs    Outcome = "deployment-is"     // current, old, or gone
	StoredIn        Outcome = "stored-in"         // in some objects only
)

// The program, its services, and the learner's answers.
const (
	NotServing     Outcome = "not-serving"
	Refused        Outcome = "refused" // by the server, in its own words
	Exited         Outcome = "exited"
	ServersPolicy  Outcome = "servers-policy" // the server's default retry policy
	KilledAtLast   Outcome = "killed-at-last" // what a retry policy does after the last attempt
	PausesAfter    Outcome = "pauses-after"   // all attempts of a retry policy
	NoFailure      Outcome = "no-failure"     // no attempt failed
	FewFailures    Outcome = "few-failures"   // fewer attempts failed than requests
	LeftToServer   Outcome = "left-to-server" // the time before the next attempt
	OtherType      Outcome = "other-type"     // a Go value of the wrong type
	NoGuess        Outcome = "no-guess"
	GuessedCounts  Outcome = "guessed-counts"
	Unequal        Outcome = "unequal" // some of many orders have not happened, or have happened twice
	AnsweredLetter Outcome = "answered-letter"
	NoLetter       Outcome = "no-letter" // the answer is none of the letters
)

// GotCount returns a count.
func GotCount(n int) Got { return Got{Outcome: Counted, N: n} }

// GotTriedAgain returns a count of attempts that is above that of the invocations.
func GotTriedAgain(n int) Got { return Got{Outcome: TriedAgain, N: n} }

// GotRolls returns the rolls that were thrown.
func GotRolls(rolls []int) Got { return Got{Outcome: Rolled, Rolls: rolls} }

// GotTime returns how long something took.
func GotTime(took time.Duration) Got { return Got{Outcome: Took, Time: took} }

// GotAnswer returns the answer to a call: its body, or its error's message, on one
// line.
func GotAnswer(status int, body []byte) Got {
	return Got{Outcome: Answered, Status: status, Text: answerText(status, body)}
}

// GotSameAnswer returns an answer that another call had, too.
func GotSameAnswer(status int, body []byte) Got {
	return Got{Outcome: SameAnswer, Status: status, Text: answerText(status, body)}
}

// GotEmpty returns an empty field.
func GotEmpty() Got { return Got{Outcome: Empty} }

// GotValue returns the value of a field.
func GotValue(value string) Got { return Got{Outcome: Valued, Text: value} }

// GotUnnamed returns a step without a name, which goes by its number.
func GotUnnamed(step string) Got { return Got{Outcome: Unnamed, By: step} }

// GotSameName returns a name that two steps have.
func GotSameName(name string) Got { return Got{Outcome: SameName, Text: name} }

// GotNoRequest returns the outcome that no request came.
func GotNoRequest() Got { return Got{Outcome: NoRequest} }

// GotLine returns a line that somebody, such as the server, has printed.
func GotLine(by, line string) Got { return Got{Outcome: Printed, By: by, Text: line} }

// GotRows returns the rows that a query has given, as a JSON array.
func GotRows(rows string) Got { return Got{Outcome: FoundRows, Text: rows} }

// GotTable returns the rows that an answer has, as a JSON array.
func GotTable(rows string) Got { return Got{Outcome: FoundTable, Text: rows} }

// GotNoFile returns the outcome that the database is not there.
func GotNoFile() Got { return Got{Outcome: NoFile} }

// GotNoRow returns the outcome that no row was there to change.
func GotNoRow() Got { return Got{Outcome: NoRow} }

// GotPlace returns the outcome that a line of the source, file:line, must not be there.
func GotPlace(at string) Got { return Got{Outcome: FoundPlace, Text: at} }

// GotLocked returns the outcome that the program has left a transaction open.
func GotLocked() Got { return Got{Outcome: Locked} }

// GotNotReached returns the outcome that the program never sent the message that a
// fault waits for.
func GotNotReached() Got { return Got{Outcome: NotReached} }

// GotNotCommitted returns the outcome that the program never came to the commit at
// which it is killed.
func GotNotCommitted() Got { return Got{Outcome: NotCommitted} }

// GotNothingWithin returns the outcome that no answer or request came in time.
func GotNothingWithin(limit time.Duration) Got { return Got{Outcome: NothingWithin, Time: limit} }

// GotNothingSeen returns the outcome that no such event was seen in time.
func GotNothingSeen(limit time.Duration) Got { return Got{Outcome: NothingSeen, Time: limit} }

// GotAnsweredInstead returns the outcome that a call was answered and the event did
// not come.
func GotAnsweredInstead(call string, status int, body []byte) Got {
	return Got{Outcome: AnsweredInstead, By: call, Status: status, Text: answerText(status, body)}
}

// GotAnsweredAtOnce returns the outcome that the call was answered where it should
// wait, or fail.
func GotAnsweredAtOnce(status int, body []byte) Got {
	return Got{Outcome: AnsweredAtOnce, Status: status, Text: answerText(status, body)}
}

// GotProgramEnded returns the outcome that the program ended by itself. exit is that
// in words, code is -1 where a signal ended it, and last is the line that tells most.
func GotProgramEnded(code int, exit, last string) Got {
	return Got{Outcome: ProgramEnded, Code: code, Exit: exit, Text: last}
}

// GotExited returns how a program ended, in the fields of GotProgramEnded.
func GotExited(code int, exit, last string) Got {
	return Got{Outcome: Exited, Code: code, Exit: exit, Text: last}
}

// GotNotServing returns why a program does not serve, in the fields of
// GotProgramEnded.
func GotNotServing(code int, why, last string) Got {
	return Got{Outcome: NotServing, Code: code, Exit: why, Text: last}
}

// GotNotReplayable returns the outcome that a handler did what its journal does not
// have; failure is what differs.
func GotNotReplayable(handler, failure string) Got {
	return Got{Outcome: NotReplayable, By: handler, Text: failure}
}

// GotPaused returns the outcome that Restate has given up on an invocation of a
// handler. key is the object key that it holds, "" for none.
func GotPaused(handler, key, failure string) Got {
	return Got{Outcome: Paused, By: handler, Key: key, Text: failure}
}

// GotRetried returns the outcome that a handler has failed n times, and is tried
// again.
func GotRetried(handler string, n int, failure string) Got {
	return Got{Outcome: Retried, By: handler, N: n, Text: failure}
}

// GotWaitsForTurn returns the outcome that a handler waits for its key.
func GotWaitsForTurn(handler string) Got { return Got{Outcome: WaitsForTurn, By: handler} }

// GotWaitsForItself returns the outcome that a handler has called another on its own
// key.
func GotWaitsForItself(handler, calls string) Got {
	return Got{Outcome: WaitsForItself, By: handler, Calls: calls}
}

// GotIdle returns the outcome that a handler runs on, and nothing that is known of
// keeps it waiting. key is empty in a service without keys.
func GotIdle(handler, key string, after time.Duration) Got {
	return Got{Outcome: Idle, By: handler, Key: key, Time: after}
}

// GotOutsideOfSteps returns the outcome that a handler was cancelled, and waits for a
// request of a kind in no step.
func GotOutsideOfSteps(handler, kind string) Got {
	return Got{Outcome: OutsideOfSteps, By: handler, Calls: kind}
}

// GotSleeps returns the outcome that a handler, one of a workflow perhaps, sleeps.
func GotSleeps(handler string, workflow bool, left time.Duration) Got {
	return Got{Outcome: Sleeps, By: handler, Workflow: workflow, Time: left}
}

// GotSleepsAgain returns the outcome that a handler sleeps over and over.
func GotSleepsAgain() Got { return Got{Outcome: SleepsAgain} }

// GotWaitsForPromise returns the outcome that a handler waits for a promise. run is
// true where it is its workflow's run, and left is what its timer has to go, nil
// without a timer, and not above 0 if the timer went off.
func GotWaitsForPromise(handler string, run bool, left *time.Duration) Got {
	g := Got{Outcome: WaitsForPromise, By: handler, Run: run}
	if left != nil {
		g.Timer, g.Time = true, *left
	}
	return g
}

// GotNoPromise returns the outcome that a handler waits for something else than a
// promise.
func GotNoPromise() Got { return Got{Outcome: NoPromise} }

// GotCallsOnAndOn returns the outcome that a handler has been called n times by one
// invocation, and has refused each time.
func GotCallsOnAndOn(handler string, n int, refusal string) Got {
	return Got{Outcome: CallsOnAndOn, By: handler, N: n, Text: refusal}
}

// GotRunsApart returns which subjects' requests have come, which have not, and how
// many steps there are for them.
func GotRunsApart(there, missing []string, steps int) Got {
	return Got{Outcome: RunsApart, There: there, Missing: missing, N: steps}
}

// GotEndedBadly returns the outcome that an invocation ended in an error.
func GotEndedBadly(refusal string) Got { return Got{Outcome: EndedBadly, Text: refusal} }

// GotState returns the state that an invocation is in.
func GotState(state string) Got { return Got{Outcome: InState, State: state} }

// GotNotCalled returns the outcome that nobody has called the handler.
func GotNotCalled() Got { return Got{Outcome: NotCalled} }

// GotSoMany returns the number of calls where there should be one.
func GotSoMany(n int) Got { return Got{Outcome: SoMany, N: n} }

// GotNotDelayed returns the outcome that a call does not wait for its time. how is the
// type of the journal entry that made it, or "" if that is not known.
func GotNotDelayed(state, how string) Got { return Got{Outcome: NotDelayed, State: state, Calls: how} }

// GotDelayed returns how long a call waits for its time.
func GotDelayed(ahead time.Duration) Got { return Got{Outcome: Delayed, Time: ahead} }

// GotStillRuns returns the outcome that a program has not ended, after a time if that
// is not 0.
func GotStillRuns(after time.Duration) Got { return Got{Outcome: StillRuns, Time: after} }

// GotDeployment returns what Restate does with the program: current, old, or gone.
func GotDeployment(state string) Got { return Got{Outcome: DeploymentIs, State: state} }

// GotStored returns the number of objects with the value, and the value of another one.
func GotStored(n int, other string) Got { return Got{Outcome: StoredIn, N: n, Text: other} }

// GotRefused returns the message with which the server has refused a request.
func GotRefused(message string) Got { return Got{Outcome: Refused, Text: message} }

// GotServersPolicy returns the outcome that a service is retried as the server does by
// itself.
func GotServersPolicy(attempts int) Got { return Got{Outcome: ServersPolicy, N: attempts} }

// GotKilledAtLast returns the outcome that a retry policy kills an invocation after that
// many attempts.
func GotKilledAtLast(attempts int) Got { return Got{Outcome: KilledAtLast, N: attempts} }

// GotPausesAfter returns the outcome that a retry policy pauses an invocation after that
// many attempts, which take a time.
func GotPausesAfter(attempts int, took time.Duration) Got {
	return Got{Outcome: PausesAfter, N: attempts, Time: took}
}

// GotNoFailure returns the outcome that no attempt has failed.
func GotNoFailure() Got { return Got{Outcome: NoFailure} }

// GotFewFailures returns the outcome that this many attempts failed, and more requests.
func GotFewFailures(attempts int) Got { return Got{Outcome: FewFailures, N: attempts} }

// GotLeftToServer returns the outcome that a failed attempt asks for no time of its
// own. inStep is false where what failed was in no step.
func GotLeftToServer(inStep bool) Got {
	return Got{Outcome: LeftToServer, InStep: inStep}
}

// GotOtherType returns a Go value of another type than the one that is wanted.
func GotOtherType(value any) Got { return Got{Outcome: OtherType, Text: fmt.Sprintf("%#v", value)} }

// GotNoGuess returns the outcome that the learner has not guessed yet.
func GotNoGuess() Got { return Got{Outcome: NoGuess} }

// GotUnequal returns the outcome that some of many orders have not happened, or have happened
// more than once or under another id.
func GotUnequal(missing, twice []string) Got {
	return Got{Outcome: Unequal, Missing: missing, Twice: twice}
}

// GotGuesses returns what the learner has guessed.
func GotGuesses(guesses []string) Got { return Got{Outcome: GuessedCounts, Guesses: guesses} }

// GotLetter returns the learner's answer to a question.
func GotLetter(letter string) Got { return Got{Outcome: AnsweredLetter, Text: letter} }

// GotNoLetter returns an answer that is none of the letters.
func GotNoLetter(answer string) Got { return Got{Outcome: NoLetter, Text: answer} }

// MaxRetries is the number of retries after which an attempt that fails is taken for
// one that always will: the outcome is Retried then. It holds where the script makes
// nothing fail.
const MaxRetries = 6

// MaxRetriesAllFailing is that number where the script has every request fail: more
// than any step that has a bound is tried.
const MaxRetriesAllFailing = 14

// mostText is how much of an answer a verdict has room for.
const mostText = 300

// answerText returns an answer's body, or the first line of its error's message.
func answerText(status int, body []byte) string {
	text := strings.TrimSpace(string(body))
	var e struct{ Message string }
	if status >= http.StatusBadRequest && json.Unmarshal(body, &e) == nil && e.Message != "" {
		text, _, _ = strings.Cut(e.Message, "\n")
	}
	if len(text) > mostText {
		text = text[:mostText] + "…"
	}
	return strings.TrimSpace(text)
}

// exitWords returns how a program ended, and the line that it printed last, if any.
func (g Got) exitWords() string {
	if g.Text == "" {
		return g.Exit
	}
	return g.Exit + ": " + g.Text
}

// timerWords returns what is known of the timer that ends a wait for a promise.
func (g Got) timerWords() string {
	if !g.Timer {
		return "there is no timer"
	}
	if g.Time <= 0 {
		return "the timer went off"
	}
	return fmt.Sprintf("the timer has %v to go", g.Time.Round(time.Minute))
}

// missing returns that what the claim waits for did not come, and a colon, or "" where
// the outcome itself says so.
func (c Claim) missing() string {
	switch c.Kind {
	case AnswerFrom, Refusal, RequestOf:
		return "no " + c.counted() + ": "
	}
	return ""
}

// renderFixed returns a rendering that is the same for every outcome of a sort.
func renderFixed(words string) func(Claim) string { return func(Claim) string { return words } }

// renderBy returns a rendering that puts the handler or call of the outcome before a
// text.
func renderBy(words string) func(Claim) string {
	return func(c Claim) string { return c.Got.By + words }
}

// renderClaimed returns a rendering that puts what the claim is about before a text.
func renderClaimed(words string) func(Claim) string {
	return func(c Claim) string { return c.Of + words }
}

// quoteText returns the rendering of what others have printed, as it is.
func quoteText(c Claim) string { return c.Got.Text }

// renderGot has for each outcome the function that GotText calls.
var renderGot = map[Outcome]func(Claim) string{
	Counted:    func(c Claim) string { return course.Count(c.Got.N, c.counted()) },
	TriedAgain: func(c Claim) string { return course.Count(c.Got.N, "attempt") + ": Restate retried some of the calls" },
	Rolled:     func(c Claim) string { return rollWords(c.Got.Rolls) },
	Took:       renderTook,
	Answered:   func(c Claim) string { return statusWords(c.Got.Status, c.Got.Text) },
	SameAnswer: func(c Claim) string { return "the same answer twice: " + statusWords(c.Got.Status, c.Got.Text) },
	Empty:      func(c Claim) string { return "an empty field " + c.Of },
	Valued: func(c Claim) string {
		return fmt.Sprintf("%s with %s", withArticle(RequestNoun(c.Of)), fieldWords(c.Want.Field, c.Got.Text))
	},
	Unnamed:      renderBy(" has no name"),
	SameName:     func(c Claim) string { return fmt.Sprintf("two steps with the name %q", c.Got.Text) },
	NoRequest:    func(c Claim) string { return "no " + RequestNoun(c.Of) },
	Printed:      func(c Claim) string { return c.Got.By + " printed: " + c.Got.Text },
	FoundRows:    func(c Claim) string { return rowsWords(c.Got.Text) },
	FoundTable:   func(c Claim) string { return rowsWords(c.Got.Text) },
	NoFile:       renderFixed("no such file"),
	NoRow:        renderFixed("no such row"),
	Locked:       renderFixed("a locked database: a transaction of the program stays open"),
	NotReached:   renderFixed("the program never sent that message"),
	NotCommitted: renderFixed("no write through the package store"),
	FoundPlace:   func(c Claim) string { return "the context of the handler, in " + c.Got.Text },

	NothingWithin: func(c Claim) string { return fmt.Sprintf("no %s within %v", c.counted(), c.Got.Time) },
	NothingSeen:   func(c Claim) string { return fmt.Sprintf("not seen within %v", c.Got.Time) },
	AnsweredInstead: func(c Claim) string {
		return c.missing() + c.Got.By + " answered with " + statusWords(c.Got.Status, c.Got.Text)
	},
	AnsweredAtOnce: func(c Claim) string { return c.Of + " answered with " + statusWords(c.Got.Status, c.Got.Text) },
	ProgramEnded:   func(c Claim) string { return fmt.Sprintf("%sthe program ended (%s)", c.missing(), c.Got.exitWords()) },
	NotReplayable: func(c Claim) string {
		return fmt.Sprintf("Restate cannot replay %s (RT0016): %s", c.Got.By, c.Got.Text)
	},
	Paused: func(c Claim) string {
		text := fmt.Sprintf("Restate paused %s after its last attempt failed", c.Got.By)
		if c.Got.Text != "" { // empty if somebody paused it
			text += ": " + c.Got.Text
		}
		if c.Got.Key != "" {
			text += fmt.Sprintf(". The invocation holds the object key %s until somebody resumes or kills it", c.Got.Key)
		}
		return text
	},
	Retried: func(c Claim) string {
		return fmt.Sprintf("%s failed %s, and Restate still retries it: %s", c.Got.By, course.Count(c.Got.N, "time"), c.Got.Text)
	},
	WaitsForTurn: renderBy(" waits: another handler holds its object key"),
	WaitsForItself: func(c Claim) string {
		return fmt.Sprintf("%s called %s on its own object key: each waits for the other", c.Got.By, c.Got.Calls)
	},
	Idle: func(c Claim) string {
		return fmt.Sprintf("no answer: %s has run for %v without a new call, request or step", c.Got.By, c.Got.Time)
	},
	OutsideOfSteps: func(c Claim) string {
		return fmt.Sprintf("%s%s was cancelled while it ran code outside every step", c.missing(), c.Got.By)
	},
	Sleeps: func(c Claim) string {
		return fmt.Sprintf("%s%s sleeps for %v more", c.missing(), c.Got.By, c.Got.Time.Round(time.Second))
	},
	SleepsAgain: renderFixed("a loop: the handler sleeps, looks, and sleeps again"),
	WaitsForPromise: func(c Claim) string {
		return fmt.Sprintf("%s%s waits for a promise that nobody resolves, and %s", c.missing(), c.Got.By, c.Got.timerWords())
	},
	NoPromise: renderClaimed(" waits for something else"),
	CallsOnAndOn: func(c Claim) string {
		return fmt.Sprintf("one invocation called %s %s, and each call failed with %s", c.Got.By, course.Count(c.Got.N, "time"), c.Got.Text)
	},
	RunsApart: func(c Claim) string {
		return fmt.Sprintf("%s for %s, and in the meantime no request for %s", course.Count(len(c.Got.There), RequestNoun(c.Of)), strings.Join(c.Got.There, ", "), strings.Join(c.Got.Missing, ", "))
	},
	EndedBadly: func(c Claim) string { return c.Of + " ended with " + c.Got.Text },
	InState:    func(c Claim) string { return c.Of + " is " + c.Got.State },
	NotCalled:  func(c Claim) string { return "no call of " + c.Of },
	SoMany:     func(c Claim) string { return course.Count(c.Got.N, "call") },
	NotDelayed: func(c Claim) string { return "a call without a delay, with the status " + c.Got.State },
	Delayed:    func(c Claim) string { return fmt.Sprintf("a call with a delay of %v", c.Got.Time.Round(time.Second)) },
	StillRuns:  renderStillRuns,

	DeploymentIs: func(c Claim) string {
		return map[string]string{
			"current": "new calls go to the program " + c.Of,
			"old":     "new calls go to another program, and " + c.Of + " is still registered",
			"gone":    "Restate does not know the program " + c.Of,
		}[c.Got.State]
	},
	StoredIn: func(c Claim) string {
		if c.Want.Count.N == 1 {
			return c.Got.Text
		}
		return fmt.Sprintf("the value in %s, and in another one: %s", course.Count(c.Got.N, "object"), c.Got.Text)
	},
	NotServing: func(c Claim) string {
		if c.Got.Text == "" {
			return c.Got.Exit
		}
		return c.Got.Exit + "; the program's last line: " + c.Got.Text
	},
	Refused:       func(c Claim) string { return "the server answered: " + c.Got.Text },
	Exited:        func(c Claim) string { return fmt.Sprintf("%s ended (%s)", c.program(), c.Got.exitWords()) },
	ServersPolicy: func(c Claim) string { return fmt.Sprintf("the default policy of the server: %d attempts", c.Got.N) },
	KilledAtLast: func(c Claim) string {
		return fmt.Sprintf("a policy that kills an invocation after %s", course.Count(c.Got.N, "attempt"))
	},
	PausesAfter: func(c Claim) string {
		return fmt.Sprintf("%s, which take about %v", course.Count(c.Got.N, "attempt"), c.Got.Time.Round(time.Second))
	},
	NoFailure: renderFixed("no failed attempt"),
	FewFailures: func(c Claim) string {
		return course.Count(c.Got.N, "failed attempt") + ", and more failed requests"
	},
	LeftToServer: renderFixed("a failed attempt that leaves the back-off to Restate"),
	OtherType:    quoteText,
	NoGuess:      renderFixed("-1, which stands for no guess"),
	Unequal: func(c Claim) string {
		return listSome(c.Got.Missing, " not charged and sent") + ", " + listSome(c.Got.Twice, " charged or sent too often")
	},
	GuessedCounts:  func(c Claim) string { return "your guess: " + strings.Join(c.Got.Guesses, ", ") },
	AnsweredLetter: func(c Claim) string { return "the letter " + c.Got.Text },
	NoLetter:       func(c Claim) string { return strconv.Quote(c.Got.Text) },
}

// renderTook returns a time, and says of which requests it is, if it is of requests.
func renderTook(c Claim) string {
	switch c.Kind {
	case Spread:
		return c.Got.Time.String() + " from the first to the last"
	case PolicyStart:
		return "a first wait of " + c.Got.Time.String()
	case LongWait:
		return "a timer that has " + c.Got.Time.Round(time.Second).String() + " to go"
	}
	return "waits of " + c.Got.Time.String()
}

// renderStillRuns names the program, and the time that it had, if that is known.
func renderStillRuns(c Claim) string {
	if c.Got.Time == 0 {
		return c.program() + " still runs"
	}
	return fmt.Sprintf("%s still runs %v later", c.program(), c.Got.Time)
}

// program returns the name of the launched program that the claim is about, or words for
// the program that serves.
func (c Claim) program() string {
	if c.Of == "" {
		return "the program"
	}
	return c.Of
}

// mostListed is how many names a list shows.
const mostListed = 3

// listSome returns how many orders there are, and the first of their ids.
func listSome(ids []string, what string) string {
	text := course.Count(len(ids), "order") + what
	if len(ids) == 0 {
		return text
	}
	shown := strings.Join(ids[:min(len(ids), mostListed)], ", ")
	if len(ids) > mostListed {
		shown += ", …"
	}
	return text + " (" + shown + ")"
}
