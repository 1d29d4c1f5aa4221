// Package learner owns the learner's folder, work/: copies of lessons, what was
// passed and which hints were seen, backups, and what the tool keeps beside them.
// Nothing of the learner's is overwritten or deleted.
package learner
