#!/bin/sh
# Type this in your clone of the workbook: sh /path/to/use.sh
# It fills Go's module cache, and the workbook's own, from the folder that it is
# in. That folder is not needed any more afterwards, nor is the network.
fail() {
	printf '%s\nhint: %s\n' "$1" "$2" >&2
	exit "$3"
}
here=$(unset CDPATH; cd -- "$(dirname -- "$0")" && pwd) || exit 3
[ -f go.mod ] && [ -f tools/start.sh ] ||
	fail "this folder is not the workbook" "change to your clone of it, then: sh $0" 2
command -v go >/dev/null ||
	fail "there is no go on the PATH" "install Go 1.25 or later: your instructor has it, or https://go.dev/dl/" 3
echo "filling the caches from $here, and building the tool; the first time this takes a minute"
GOPROXY="file://$(printf '%s' "$here" | sed 's/%/%25/g; s/ /%20/g; s/,/%2C/g; s/|/%7C/g')/modules" GONOPROXY=none
WORKBOOK_GOALS="offline --use=$here"
export GOPROXY GONOPROXY WORKBOOK_GOALS
exec sh tools/start.sh workbook
