// Package store keeps the shop's rows in one SQLite file. Several processes can have the
// file open at the same time: your program, the process that replaces it after a kill,
// and tools that only read.
//
// [Open] opens the file and creates the tables of schema.sql. Each service has a file in
// this package, with one method for each of its queries. The queries run in steps, so
// they may run twice: the comment of each method says what a second run does. For any other
// query, use [DB.Write] or [DB.Read].
//
// The methods return the errors of the database driver. [IsConflict] reports that such a
// row exists already. [IsInvalid] reports that the table will never accept the row.
// [IsRetryable] reports that nothing was written, and that a later try may succeed. The
// three functions look at the code that SQLite or PostgreSQL gives to the error, and never
// at its text.
//
// [Store] is the interface of the services. Several machines cannot share a SQLite file, so
// lesson 8 keeps the rows in PostgreSQL, with the same methods.
//
// No method sends a request to the outside world. Do not send one while you write either:
// SQLite allows one write transaction at a time, so a transaction that waits for the
// carrier makes every other write wait for the carrier too.
package store
