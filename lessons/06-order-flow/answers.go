package main

// TODO 6.2: a payment needs three requests, with the rolls 12, 38 and 82, and the gateway
// takes 5 s for each. How many seconds pass at least, waits included? Put your guess in
// place of -1.

const (
	// The waits are in backOff(), in lesson 5's payment/gateway.go. FirstRetry is 1 s.
	GuessSeconds = -1 // for rolls 12, 38, 82
)

// TODO 6.6: the quiz. Put a letter in place of each "?".

const (
	// The gateway has charged the card. Before the journal has the result, the whole machine
	// loses power. An hour later it runs again. What prevents a second charge?
	//   a  Restate: it runs each step exactly once
	//   b  the database: the table payments has one row for each order
	//   c  the gateway: the second request has the same idempotency key as the first
	AnswerTwice = "?"

	// Restate's data folder was deleted. The database still has all rows. Somebody sends an
	// old order again, with the same id and amount. What happens?
	//   a  nobody knows the order: the card is charged again
	//   b  the workflow runs again, finds the order's row, and answers what the row says
	//   c  Restate refuses the call: a workflow runs once for each id
	AnswerLost = "?"
)
