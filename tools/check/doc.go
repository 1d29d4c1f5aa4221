/*
Package check judges a lesson with testscript scripts, against a real
restate-server, a real sandbox, and the learner's program as a real process
that is really killed.

A lesson's scripts are in testdata/NN-slug, named N.M_category_detail.txtar:
task, how it runs, what about. Lines that begin with # open a phase, and are
what the learner reads when that phase fails. The categories:

	call, cut  run side by side, and once more with every step replayed
	count      side by side, and not replayed: it counts attempts, or cancels a step
	           while it runs, which only a stream that stays open hears of
	predict, quiz  side by side; judge an answer, so not replayed
	crash      after all the others, for they kill the program: side by side and
	           with one kill for all; or last, one by one, where the place is their own
	deep       one by one too, and of the solution only: what takes seconds, and is
	           about what learners are given
	story      never in a check: what make crash shows

A story places a crash and judges nothing: make crash prints its phases, what
was done, the ledger, the attempts, and the script's file look. N.M_story_… is
told once the lesson has no TODO N.M; N.0 belongs to no task.

$K is the script's own key, such as o-1.2-before-mail: an order's id, and part
of every other id and sku that the script uses, so that scripts share one
server, one sandbox and one program and never meet. No key may be the beginning
of another's.

testscript's own commands stay; none of these has a name of theirs. None can be
negated. Counts are n or >=n.

Calls

	call target [json]          call a handler and wait for the answer; target is
	                            Service/Handler or Service/key/Handler
	begin name[*n] target [json]  call and go on; n calls at once, %d in target and
	                            json is 1 to n
	finish name[*n]             wait for it; of n, each must be a 200
	answer code [json]          the last answer: objects may have more fields than
	                            the json, all else is equal
	differs                     the last answer is unlike all earlier ones
	named                       each step that was run has a name
	remember NAME field         set a variable to a field of the last answer
	pending name                the call waits for its turn
	fails name                  wait until an attempt of the call has failed
	failing text                wait until an attempt of any of the script's
	                            invocations has failed so
	cancel name                 have Restate end the call, at its next wait
	heard Service/Handler       wait until a cancel has reached those that were
	                            called, in services that are down
	scheduled Service/Handler seconds  one such one-way call waits for its time
	attempts Service/Handler n  how often the handler was run, for this script
	invocations Service/Handler n  how often it was called
	completed Service/Handler   wait until all that were called have ended well; for
	                            one-way calls, which have no answer
	waiting name                the call waits for a promise
	forget Service/key          wipe an object's state
	purge name                  have Restate forget a call that has ended
	refused target file         call target, whose key is %, with each line of a
	                            file: a key, as in a URL, a blank, and the body.
	                            Each is a 4xx, at the first attempt

Waiting ends early, and red, when Restate's tables say that no answer will come:
paused, not replayable, retried over and over, waiting for a held key, calling
the same handler without end; or when some requests of a gather have waited
three seconds for the others.

The outside world; kinds are reserve, price, charge, refund, ship, mail, and the
subject is $K where none is given (of a price it is the sku)

	hold before|after kind [subject]  stop the next request before it acts, or after
	                            it acted and before it answers
	held kind [subject]         wait until one is
	release kind [subject]      let it go
	gather kind subject…        stop one request for each subject until all are
	                            there
	refuse kind n status [subject]  answer the next n requests, all if n is below 0,
	                            with a status
	lose kind n [subject]       do what the next n requests ask, and answer none
	rolls [subject] number…     the gateway's next rolls; those below 40 fail
	apart kind time             at least so long from $K's first request to the
	                            last; the script runs alone, for what others do
	                            takes time too
	rolled [subject] [number…]  these rolls, and no others, were thrown for $K
	effects kind n [subject]    how often it was done
	requests kind n [subject]   how often it was asked
	price NAME sku [times]      set $NAME to what so many of a sku cost; 1 if not
	                            said
	carries kind field value    every such request has that field, or that key,
	                            where field is key; value may be answer.field, a
	                            field of the last answer
	backs-off Service/Handler   each of its attempts that failed has said when to be
	                            tried again, and has not left that to Restate

effects, requests and carries wait until no request of the subject is open,
unless one is held.

Crashes

	crash                       kill the program (SIGKILL) and start it again
	crash target message [n]    do so when it sends its n-th such message: step,
	                            result, call, send, answer, end; the message is lost
	cut target message [n]      end only that stream, just before that message
	away target n               have the next n attempts, behind the first, find the
	                            program down
	killed                      wait until the program has killed itself, where a
	                            word such as failpoint had it do so; start it again
	restart NAME=value…         have a program with more in its environment serve in
	                            the place of the one that runs, until the script's
	                            end; with SHOP_DB, rows are those of that file
	terminate                   ask the program to end (SIGTERM)
	quits                       wait until it has ended well; such a script is the
	                            last
	down                        kill the services of other lessons; they stay away
	up                          start them again
	policy Service              its retry policy stands in code
	unsaid text                 no line of the program's, nor of the server's, has
	                            it
	says text n                 how many lines of the program's have $K and the text
	sweep cut|kill|outage target json  learn what messages a call makes the program
	                            send; then once more for each, side by side, with
	                            that message lost: the stream cut before it; or
	                            before each step's result the program killed, or the
	                            server, once for all. The script's file claims has
	                            words that must hold of every one, with its own $K;
	                            nothing may be left running
	launch name argument…       run the program with arguments, as a plain one
	crash name                  kill it
	ended name                  wait for it to end well

A script whose crash or cut was never met is red. In target, a service without a
key is the script's own invocation when its input has $K in it.

Answers

	judge file name             what the script judges: a file of the lesson and a
	                            function, Type.Method or constant in it
	guess name happened …       compare guesses with what happened
	quiz name letter            compare an answer; files name/letter say why

A lesson can add words of its own: see Lesson.Words. Those for one that has a
database are in package rows.

To add a word, write its function and its row in package words, whose table this
manual is made of, and run go generate ./tools/check.
*/
package check

//go:generate go test ./words ./rows -run ^TestManual$ -update
