// Package store keeps the shop's rows in one SQLite file. Several processes may
// have it open: the program, the one that takes over when it is killed, and
// whoever looks at it from outside.
//
// [Open] sets the file up as schema.sql says. Then there is a query for each
// thing that a service wants of its rows, in a file of the service's name; what
// has no query yet is written with [DB.Write].
//
// Errors come as the driver gives them. [IsConflict]: such a row is there
// already. [IsInvalid]: the row is not one that the table takes, and never will
// be. [IsRetryable]: nothing is wrong with the row; ask again. They look at
// SQLite's code and never at its text.
//
// No function here asks the outside world for anything, and none lets you do so
// while it writes: SQLite has one writer at a time, so a transaction that waits
// for a carrier makes the whole shop wait for the carrier.
package store
