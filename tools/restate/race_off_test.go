//go:build !race

package restate

const raceDetector = false
