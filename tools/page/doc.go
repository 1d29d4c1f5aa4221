// Package page serves the page that draws what a run does: orders, attempts, waits and rows, as they happen or
// from a recording. A program adds events to a Hub; the page reads them as a stream from GET /events, folds
// them into a picture in assets/model.js, and sends what its buttons ask for to POST /control/VERB.
//
// Recordings are the same events, one JSON object a line. Those that ship are in recordings.
package page
