/*
Package check checks a lesson with testscript scripts. They run against a real
restate-server, a sandbox that plays the outside world, and the learner's program
in a process that is really killed.

The scripts of a lesson are in testdata/NN-slug. Their names are
N.M_category_detail.txtar: the task, how the script runs, and what it is about. A
line that begins with # opens a phase. The learner reads that line when a word in
the phase fails. The categories:

	call, cut  run at the same time, and a second time with every step replayed
	count      run at the same time, without a second run: they count attempts, or
	           they cancel a step while it runs, which an attempt learns only
	           through an open stream
	predict, quiz  run at the same time, without a second run, because they check
	           an answer of the learner
	crash      run after all the others, because they kill the program: at the same
	           time, with one kill for all; or last and one by one, if each needs
	           its own place
	deep       run one by one, and only for the solution: they take seconds, or
	           check code that learners are given
	story      never run in a check: make crash prints them

A story kills the program at some place and checks nothing: make crash prints its
phases, what was done, the ledger, the attempts, and the script's file look. The
story N.M_story_… is told once the lesson has no TODO N.M. N.0 belongs to no task.

$K is the script's own key, such as o-1.2-before-mail. It is the id of an order, and
part of every other id and sku that the script uses. So scripts can share one
server, one sandbox and one program. No key may be the beginning of another key.

The commands of testscript stay. No word below has the name of a command, and no
word can be negated. A count is n or >=n.

Calls

	call target [json]          call a handler and wait for the answer; target is
	                            Service/Handler or Service/key/Handler
	begin name[*n] target [json]  call a handler and do not wait; with *n, make n
	                            calls at once, and replace %d in target and json by
	                            1 to n
	finish name[*n]             wait for the answer to that call; with *n, each
	                            answer must have status 200
	answer code [json]          the last answer has this status and JSON; its
	                            objects may have more fields, and null stands for a
	                            field that is not there
	some field…                 the last answer has at least one of these fields
	prices divisor              the name of each field of the last answer is a sku,
	                            and the field's value is the sku's price divided by
	                            that number
	differs                     the last answer differs from all earlier answers
	named                       each step that ran has a name of its own
	remember NAME field         set a variable to a field of the last answer
	pending name                wait until the call waits for its object key
	fails name [n]              wait until an attempt of the call has failed, or
	                            until n attempts have
	failing text                wait until an attempt of one of the script's
	                            invocations has failed with that text
	cancel name                 cancel the call: Restate ends its next wait with an
	                            error
	heard Service/Handler       wait until the cancel is in the journals of all
	                            invocations of the handler, in services that are
	                            down
	scheduled Service/Handler seconds  one one-way call of the handler waits, and
	                            its delay is that many seconds
	attempts Service/Handler n  the handler was run n times, over all invocations of
	                            the script
	invocations Service/Handler n  the handler was called n times
	completed Service/Handler   wait until all invocations of the handler have ended
	                            without an error; for one-way calls, which have no
	                            answer
	waiting name [time]         wait until the call waits for a durable promise; its
	                            timer, if there is one, has at least this time to go
	forget Service/key          delete the state of a virtual object
	purge name                  delete a call that has ended from Restate
	refused target file         call target with each line of a file. The line has
	                            an object key, as in a URL, a blank, and the body;
	                            the key replaces % in target. Each call fails with a
	                            4xx status at its first attempt

A wait ends early, and fails, when the tables of Restate show that no answer will
come: the invocation is paused, cannot be replayed, is retried over and over, waits
for an object key that is held, or calls the same handler without end. A wait also
fails when some requests of a gather have waited three seconds for the others.

The outside world. The kinds are reserve, price, charge, lookup, refund, void, ship
and mail. The subject is $K by default; the subject of a price is the sku.

	hold before|after kind [subject]  stop the next request before the outside world
	                            acts, or after it acted and before it answers
	held kind [subject]         wait until a request is stopped there
	release kind [subject]      let that request continue
	gather kind subject…        stop one request for each subject until all of them
	                            have arrived
	refuse kind n status [subject…]  answer the next n requests of each subject with
	                            a status; all requests if n is below 0
	lose kind n [subject]       act on the next n requests, and answer none of them
	rolls [subject] number…     set the next rolls of the gateway; a roll below 40
	                            fails
	apart kind time [most]      $K's requests of a kind are spread over at least
	                            this time, and failed attempts asked for at most the
	                            second one; the script runs alone
	rolled [subject] [number…]  the gateway used these rolls, and no others, for $K
	effects kind n [subject]    the outside world did this n times
	requests kind n [subject]   the outside world got n such requests
	once kind subject…          the outside world got at most one such request for
	                            each subject
	charged NAME [subject]      set $NAME to the id that the gateway gave to the
	                            only charge
	price NAME sku [times] …    set $NAME to the price of that many pieces of a sku,
	                            by default of 1; with several skus, to the price of
	                            all together
	effect-id NAME kind [subject]  set $NAME to the id that the outside world gave
	                            to its one effect of a kind
	carries kind field value    every request of the kind has that field with that
	                            value; the field key is the idempotency key; the
	                            value may be answer.field, a field of the last
	                            answer
	backs-off Service/Handler   each failed attempt of the handler has set the time
	                            until the next attempt, and has not left that to
	                            Restate; each failed request of $K has ended an
	                            attempt
	leaves-back-off Service/Handler n  n failed attempts of the handler have left
	                            the time until the next attempt to Restate

The words effects, requests and carries wait until no request of the subject is
open, unless a request is held.

Crashes

	crash                       kill the program (SIGKILL) and start it again
	crash target message [n]    kill the program when it sends its n-th message of
	                            that type: step, result, call, send, answer, end;
	                            the message is lost, and the program starts again
	cut target message [n]      end only that stream, right before the message
	away target n               make the n attempts after the first one fail,
	                            because they cannot reach the program
	dies                        wait until the program has killed itself because of
	                            an earlier word; the word killed then starts it
	                            again
	killed                      wait until the program has killed itself because of
	                            an earlier word and start it again
	restart NAME=value…         replace the program by one with these settings in
	                            its environment, until the end of the script; after
	                            SHOP_DB, the word rows reads that file
	terminate                   send the program a SIGTERM, which asks it to exit
	quits                       wait until the program has exited with code 0; no
	                            script may run after this one
	down                        kill the services of the other lessons; they stay
	                            down
	up                          start the services of the other lessons again
	policy Service              each handler of the service has a retry policy in
	                            the code: it retries after a second or sooner, for
	                            an hour or longer, and then pauses
	taken                       a second program that starts at the address of the
	                            first one exits with a code other than 0
	unsaid text                 no line of output of the program, of the other
	                            services, or of the server has the text
	says text n                 n lines of output of the program have $K and the
	                            text
	sweep cut|kill|outage target json  call target once, to learn which messages the
	                            program sends. Then call it once for each of these
	                            messages, all at the same time, and lose that
	                            message. cut ends the stream before each message.
	                            kill and outage wait until each call is right before
	                            the result of another step, and then kill the
	                            program, or the server, once. The words in the
	                            script's file claims must hold for every call, each
	                            with its own $K, and no invocation may be left
	launch name argument…       run the program with arguments, as a plain program
	crash name                  kill that plain program
	ended name                  wait until that plain program has exited with code 0

A script fails if the program never sends the message of a crash or a cut. A target
without an object key stands for the invocation whose input has $K in it.

Versions

	beside NAME setting…        start the program a second time, with these settings
	                            and at an address of its own, and set $NAME to this
	                            address. $first is the address of the first program
	register NAME               register the program with that name, so that new
	                            calls go to it
	served Service/Handler NAME n  the program with that name has served n
	                            invocations of the handler
	deployment NAME current|old|gone  wait until new calls go to that program
	                            (current), or to another program (old), or until
	                            Restate does not know that program (gone). The word
	                            fails when no launched program can change that any
	                            more
	asks name                   wait until the launched program has sent three more
	                            requests to Restate
	relaunch name argument…     run the program with arguments, and have Restate
	                            answer its first request with 503. Run it again, and
	                            kill it when Restate has carried out its first
	                            request, before the answer arrives. Do both with the
	                            second request too, and so on, until the program
	                            ends by itself, with exit code 0
	takes name Answer           wait until the call is answered (y), or until
	                            Restate cannot replay it (n), and compare that with
	                            the learner's answer. The files Answer/y and
	                            Answer/n have the explanations
	store Service/key[*n] name json  set a value in the state of an object, or of n
	                            objects, whose keys have the numbers 1 to n in the
	                            place of %d
	stored Service/key[*n] name json  wait until the state of each of these objects
	                            has this value

A script with the word beside runs alone. When the script has ended, Restate forgets
the programs beside the first one.

Machines

	nodes [leader]              three nodes of one cluster serve the script, and
	                            launched programs get their addresses in
	                            RESTATE_INGRESSES: first that of a node that does
	                            not lead, or that of the leader. The calls of the
	                            script go to a node that runs
	kill-node leader|follower|asked  kill the node that leads, one that does not
	                            lead, or the one from which a launched program waits
	                            for an answer
	kill-node-at order|accepted  kill the node that gets the next order of a
	                            launched program. The kill comes before the node has
	                            seen the order, or between its acceptance and its
	                            answer
	not-known n                 answer the next n requests of launched programs as a
	                            node does that was started a moment ago: it does not
	                            know the service
	hit                         wait until the fault of an earlier kill-node-at or
	                            not-known has happened
	silence begin|end           let the network lose everything between launched
	                            programs and the node whose address they get first,
	                            or let the network work again
	start-node                  start one killed node again
	asked n                     wait until launched programs have sent the nodes n
	                            more requests
	interrupt name              send the launched program a SIGINT, as Ctrl-C does
	unanswered name…            wait until a node was silent for three seconds, for
	                            each of these calls
	printed name json           wait until the launched program has exited with code
	                            0, and has printed this JSON last; its objects may
	                            have more fields
	refuses name [text]         wait until the launched program has exited with an
	                            error, which has this text
	gone name                   Restate does not know the call
	copies n                    n copies of the program serve in place of the one
	                            program, with the settings of launched programs
	kill-copy                   kill the first copy of the program
	start-copy                  start the killed copy again
	hold-orders first last      hold the charges of the orders $K-first to $K-last,
	                            before they move money
	held-orders first last      wait until the gateway holds all these charges
	release-orders first last   let these charges pass
	each-once n                 each of the orders $K-1 to $K-n was charged once and
	                            sent once, and there is no other order
	lose-disk                   kill the server, delete its folder, and start it
	                            with an empty one

A script with the word nodes runs alone. When the script has ended, all nodes run again.

Answers

	judge file name             the script checks this part of the lesson: a file,
	                            and a function, Type.Method or constant in it
	guess name happened …       compare the learner's guesses with the counts
	quiz name letter            compare the learner's answer; the files name/letter
	                            give the reasons

A lesson can add words: see Lesson.Words. Package rows has the words for a lesson
with a SQLite file, and package database those for a lesson with a PostgreSQL.

To add a word, write its function and its row in a table of package words. Then run
go generate ./tools/check, which makes this manual from the tables.
*/
package check

//go:generate go test ./words ./rows ./database -run ^TestManual$ -update
