package main

// TODO 8.1: four orders wait for the gateway, which has their charges and does not answer
// yet. The node that leads is killed. Then the gateway answers. How many of the four
// orders are lost? For how many of them does the gateway get the charge again? How many
// cards are charged twice? Put your guesses in place of -1.

const (
	GuessLost       = -1 // of four orders
	GuessAskedAgain = -1 // of four orders: the gateway gets more than one request
	GuessDoubled    = -1 // of four cards
)

// TODO 8.5: an order waits for its approval, and two of the three nodes are killed. Then
// three requests go to the node that still runs: place another order, approve the order
// that waits, and ask for its status. After that, one of the two nodes returns. Put your
// guesses in place of -1.

const (
	GuessAnswers = -1 // of the three requests, while two nodes are down
	GuessGone    = -1 // of the one order that waited, when two nodes run again
	GuessCharges = -1 // of its card, after somebody has approved the order
)

// TODO 8.6: the quiz. Put a letter in place of each "?".

const (
	// A cluster has three nodes, and keeps each entry of its log on two of them. How many nodes
	// may be down before the shop stops?
	//   a  none: each of them has a part of the log
	//   b  one
	//   c  two, because the last node has a copy
	AnswerDown = "?"

	// A cluster has two nodes, and keeps each entry of its log on both. What is gained over
	// one node?
	//   a  the shop goes on when one of the two is down
	//   b  nothing: the shop stops when either of them is down. Only a lost disk loses no data
	//   c  twice as many orders in each second
	AnswerTwo = "?"

	// The disk of one of three nodes is lost. What is a snapshot store for, such as S3?
	//   a  a node with an empty disk, or a new node, gets the state of its partitions from
	//      there, and the log can be trimmed
	//   b  for the learner's database: it keeps the rows of the shop
	//   c  for more speed: invocations are read from there
	AnswerStore = "?"
)
