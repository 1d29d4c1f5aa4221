package main

// TODO 6.2: three attempts, rolls 12, 38, 82, at a gateway that takes 5 s each time.
// How many seconds pass at the least, back-off included? Put your guess in place of -1.

const (
	// Payment waits a second before its second attempt, and twice as long each time after
	// that; see backOff in lesson 5's gateway.go.
	GuessSeconds = -1 // for rolls 12, 38, 82
)

// TODO 6.6: the quiz. Put a letter in place of each "?".

const (
	// The gateway has said yes, and the whole machine loses power before Restate has noted
	// it. An hour later it is on again. What sees to it that the card is not charged twice?
	//   a  Restate: it runs each step exactly once
	//   b  the database: payments has one row for each order
	//   c  the gateway: the second request carries the first one's key
	AnswerTwice = "?"

	// Restate has lost everything: its folder was deleted. The database is whole. Somebody
	// sends an old order once more, with the same id and amount. What happens?
	//   a  it is a new order to everybody: the card is charged again
	//   b  the workflow runs again, finds the order's row, and answers what that says
	//   c  Restate refuses: a workflow runs once for each id
	AnswerLost = "?"
)
