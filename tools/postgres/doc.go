// Package postgres finds, fetches, starts and stops a real PostgreSQL.
//
//	programs, err := postgres.Find(ctx, os.Stderr)
//	server, err := postgres.Start(ctx, keeper, programs, dir)
//	defer server.Stop()
//	server.Address() // for SHOP_DATABASE
//
// [Find] returns the folder with the programs of [Version], and fetches it from npm the
// first time. [Start] makes a database in a folder, unless there is one, and runs it on a
// unix socket in that folder. No network port is open, and nobody but this user can enter
// the folder or log in.
//
// PostgreSQL does not run as root. If root starts it, the user nobody runs it. The
// folder is then nobody's, and only root can log in.
//
// Whatever ends this process, its [process.Keeper] ends the server, its other processes
// and its segment of shared memory, and removes the folder if Start made it. A folder
// that the caller named stays, with the rows. initdb ends by itself, which takes seconds,
// because it would leave shared memory behind. If something killed it, the folder has
// no database, and the next Start makes it again from the beginning.
//
// [Use] takes the address of a PostgreSQL of the user's own. Nothing is fetched then. The
// program that opens the address checks what is there: package lessons/shop/store/postgres.
//
// This package does not speak to the database and does not import its driver, so that
// the commands of lessons 1 to 6 do not need it.
//
// Errors that a person can mend are [hint.Error]s of kind Setup.
package postgres
