//go:build !race

package npm_test

const raceDetector = false
