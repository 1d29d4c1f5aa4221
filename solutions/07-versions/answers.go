package main

//| // TODO 7.1: version 2 is registered next to version 1, while a large order of version 1
//| // waits for its approval. Then somebody asks for the status of that order, a small order
//| // is placed, and the large order is approved. How many of the calls does version 2 serve?
//| // Put your guesses in place of -1.

const (
	GuessOrders      = 1 //stub -1 // of the two calls of CreateOrder
	GuessPayments    = 2 //stub -1 // of the two calls of ProcessPayment, one for each order
	GuessStatusCalls = 1 //stub -1 // of the one call of Status, for the order that waits
)

//| // TODO 7.2: changes/changes.go has eight changes of a small order. May each of them take
//| // the address of the old program, while an order waits? Replace each "?" by "y" or "n".

const (
	MayLogLine        = "y" //stub "?"
	MayRenamedStep    = "n" //stub "?"
	MayStepAtEnd      = "y" //stub "?"
	MayStepBeforeWait = "n" //stub "?"
	MayOtherBody      = "y" //stub "?"
	MaySwappedCalls   = "n" //stub "?"
	MayNewField       = "n" //stub "?"
	MayNewBranch      = "y" //stub "?"
)

//| // TODO 7.6: the quiz. Put a letter in place of each "?".

const (
	// Version 2 runs at a new address, and version 1 still has an order that waits for
	// its approval. Somebody stops the program of version 1 and keeps its deployment.
	// The order is approved. What happens?
	//   a  Restate sends the order to version 2, because that is the current version
	//   b  the order fails, and its money goes back
	//   c  the attempts of the order fail until a program with the code of version 1 serves at
	//      that address again, or until somebody moves the order
	AnswerStopped = "c" //stub "?"

	// The tool replays says that all orders in flight fit the new build. The build gets a new
	// address all the same. Why is that better?
	//   a  the tool reads the journals of one moment, and orders have gone on since
	//   b  Restate refuses a new build at an address that it knows
	//   c  a new address is faster
	AnswerFits = "a" //stub "?"
)
