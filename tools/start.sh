# start.sh builds a command of tools/ and runs it, or says what is wrong with this
# machine: without go there is no tool that could. make calls it in the workbook's
# folder, with the command, and with what was typed in two variables:
#
#	WORKBOOK_GOALS  the verb and the words behind it
#	WORKBOOK_TYPED  the names that were typed as NAME=value; each is a variable itself
#
# The workbook is for this machine, so settings that have go build for another one, or
# build something else, are not used. WORKBOOK_IGNORED tells make doctor of them.
set -f
newline='
'
tool=$1

# stop WHAT HINT ends make with an explanation.
stop() {
	printf '%s\nhint: %s\n' "$1" "$2" >&2
	exit 3
}

# first_line TEXT prints the first line that is not empty, without go's name.
first_line() {
	printf '%s\n' "$1" | while read -r line; do
		[ -z "$line" ] || { printf '%s\n' "${line#go: }"; break; }
	done
}

# ignore NAME VALUE CURE notes a setting that is not used.
ignore() { WORKBOOK_IGNORED="${WORKBOOK_IGNORED-}$1=$2; to remove it: $3$newline"; }

# minor VERSION prints the 25 of 1.25.0, or nothing.
minor() {
	case $1 in 1.[0-9]*)
		set -- "${1#1.}"
		printf '%s' "${1%%[!0-9]*}" ;;
	esac
}

# too_old VERSION reports whether the workbook needs a later one.
too_old() {
	set -- "$(minor "$1")" "$(minor "$wanted")"
	[ -n "$1" ] && [ -n "$2" ] && [ "$1" -lt "$2" ]
}

# explain TEXT ends make with what go's own message means.
explain() {
	line=$(first_line "$1")
	case $1 in
	*'no space left on device'*)
		stop "the disk is full: $line" 'free some space (`df -h` and `df -i` show where), then run the same command again' ;;
	*'go.mod requires go'*)
		stop "$line" "$install, or let go fetch it: export GOTOOLCHAIN=auto" ;;
	*'cannot find "go1.'*' in PATH'*)
		stop "$line" "let go fetch it: export GOTOOLCHAIN=auto; or $install" ;;
	*'GOPROXY=off'*)
		stop "go is not allowed to fetch the modules: $line" 'unset GOPROXY; go env -u GOPROXY' ;;
	*'golang.org/toolchain'* | *'invalid GOTOOLCHAIN'*)
		stop "go is set to be another version, which cannot be had: $line" 'unset GOTOOLCHAIN; go env -u GOTOOLCHAIN' ;;
	*GOCACHEPROG*)
		stop "go cannot use the program that keeps its cache: $line" 'unset GOCACHEPROG; go env -u GOCACHEPROG' ;;
	*GOFIPS140*)
		stop "a setting keeps go from building: $line" 'go env -u GOFIPS140' ;;
	*GOMEMLIMIT=* | *GOGC=*)
		stop "a setting keeps go from starting: $line" 'unset GOMEMLIMIT GOGC' ;;
	*'expired or is not yet valid'*)
		stop "the clock of this machine is perhaps wrong: $line" 'set it (`date` shows it), then run the same command again' ;;
	*'x509: '*)
		stop "go does not trust the server that it fetches modules from: $line" 'name the file with the certificate of your network, which its administrator has: export SSL_CERT_FILE=/the/file.pem' ;;
	*'"git": executable file not found'*)
		stop "go needs git to fetch a module: $line" 'unset GOPROXY GOPRIVATE GONOPROXY; go env -u GOPROXY GOPRIVATE GONOPROXY; or install git' ;;
	*'checksum mismatch'* | *'SECURITY ERROR'*)
		stop "a module is not the one that go.sum names: $line" 'go clean -modcache, then run the same command again; if that does not help: unset GOPROXY; go env -u GOPROXY' ;;
	*'dial tcp'* | *'lookup '* | *'Get "http'*)
		stop "go cannot fetch what the workbook needs: $line" 'connect to the network once, or set GOPROXY to a mirror that you can reach' ;;
	*'reading http'*': '[45][0-9][0-9]*)
		stop "go cannot fetch the modules: $line" '`go env GOPROXY` names where go looks. to look where go looks by default: unset GOPROXY; go env -u GOPROXY' ;;
	*'new OS thread'* | *'emporarily unavailable'* | *'failed to reserve'* | *'annot allocate memory'* | *'too many open files'* | *'ile size limit'* | *'ile too large'*)
		stop "this machine has reached a limit: $line" '`ulimit -a` shows the limits. use a new terminal, or end other programs' ;;
	*'creating work dir'*)
		stop "go has no folder for temporary files: $line" "name one that exists: export TMPDIR=/tmp GOTMPDIR=/tmp" ;;
	*'build cache'*)
		[ -w "${HOME-}" ] && cure='export GOCACHE="$HOME/.workbook-go-cache"' || cure=$new_home
		stop "go cannot use its cache: $line" "$cure" ;;
	*'GOPATH'*)
		stop "go does not use the workbook's go.mod: $line" 'unset GOPATH; go env -u GOPATH' ;;
	esac
	[ "$line" = "$1" ] || printf '%s\n' "$1" >&2
	stop "go does not work here: $line" "run \`go version\` in this folder, $PWD, and fix what it says; or $install"
}

# run_go ARG… runs go, and prints what go prints. A download is shown at once.
run_go() {
	go "$@" 2>&1 | while IFS= read -r line; do
		case $line in 'go: downloading '*) printf '%s\n' "$line" >&2 ;; *) printf '%s\n' "$line" ;; esac
	done
}

# find_home finds the home of this user, and the command that sets HOME to it, or to a
# folder that can be made: a container may run a user that has neither a name nor a home.
find_home() {
	home= name=$(id -un 2>/dev/null) || name=
	case $name in '' | *[!A-Za-z0-9._-]*) ;; *) eval "home=~$name" ;; esac
	case $home in /*) [ -w "$home" ] || home= ;; *) home= ;; esac
	[ -n "$home" ] && home_cure="export HOME=$home" || home_cure=$new_home
}

# misplace PLACE CURE ends make because of a folder. make doctor goes on with the user's home
# if there is one: it tells of the folder, and looks at all the rest.
misplace() {
	find_home
	[ "${WORKBOOK_GOALS%% *}" = doctor ] && [ -n "$home" ] || stop "$1" "$2"
	export WORKBOOK_PLACE="$1$newline$2" HOME="$home"
}

# absolute NAME… finds the variable that is why go has no folder, and the cure.
absolute() {
	find_home
	for name; do
		eval "value=\${$name-}"
		case $value in
		/*) ;;
		'') [ "$name" != HOME ] || place='HOME is not set, so go has no folder for its cache' cure=$home_cure ;;
		*) place="$name is $value, which is not an absolute path" cure="unset $name" ;;
		esac
		[ -z "$place" ] || return
	done
	place="go env names no folder for ${1}" cure="go env -u $1"
}

wanted=
while read -r word value rest; do
	[ "$word" != go ] || wanted=${value%"$(printf '\r')"}
done <go.mod
install="install Go $wanted or later, from https://go.dev/dl/"
set -- # what was typed, below

if ! command -v go >/dev/null; then
	for dir in /usr/local/go/bin /opt/homebrew/bin /usr/lib/go/bin /snap/bin "${HOME-}/go/bin" "${HOME-}/sdk/go/bin"; do
		[ ! -x "$dir/go" ] || stop 'there is no go on the PATH' "export PATH=\"\$PATH:$dir\""
	done
	stop 'there is no go on the PATH' "$install"
fi

new_home=/tmp/home-$(id -u)
new_home="mkdir -p $new_home && export HOME=$new_home"
# Go makes folders below HOME, and must not do so here.
case ${HOME:-/} in
/*) ;;
*) find_home; misplace "HOME is $HOME, which is not an absolute path" "$home_cure" ;;
esac

# A GOROOT is mostly left from another installation. Few installations need one.
if [ -n "${GOROOT-}" ]; then
	value=$GOROOT
	unset GOROOT
	if GOTOOLCHAIN=local go version >/dev/null 2>&1; then
		ignore GOROOT "$value" 'unset GOROOT'
	else
		export GOROOT="$value"
	fi
fi
for name in GOOS GOARCH GOAMD64 GOARM64 GOEXPERIMENT GOFIPS140 GO111MODULE GOWORK; do
	eval "value=\${$name-}"
	[ -z "$value" ] || [ "$name=$value" = GOWORK=off ] || ignore "$name" "$value" "unset $name"
	unset "$name"
done
export GOWORK=off

# The -json of GOFLAGS would change what is printed here.
printed=$(run_go env -json=false GOVERSION GOHOSTOS GOHOSTARCH GOOS GOARCH GOAMD64 GOARM64 GO111MODULE GOCACHE GOMODCACHE GOTMPDIR GOFLAGS)
# Above the values may be a warning, of a shim or of the system's linker.
values=$printed
until case $values in go[0-9]* | devel* | '') true ;; *) false ;; esac; do
	case $values in *"$newline"*) values=${values#*"$newline"} ;; *) values= ;; esac
done
if [ -z "$values" ]; then
	have=$(GOTOOLCHAIN=local go version 2>/dev/null) || explain "$printed"
	have=${have#*go version go} have=${have%% *}
	case $(minor "$have") in ? | 1? | 20) stop "go $have is too old, the workbook needs $wanted" "$install" ;; esac
	! too_old "$have" || stop "go $have is too old, the workbook needs $wanted, and go cannot fetch it: $(first_line "$printed")" "$install, or connect to the network once"
	explain "$printed"
fi
{
	read -r version; read -r hostos; read -r hostarch; read -r goos; read -r goarch; read -r goamd64; read -r goarm64
	read -r module; read -r cache; read -r modules; read -r GOTMPDIR; read -r flags
} <<END
$values
END
export GOTMPDIR
case $version in
'' | go1.[0-9] | go1.[0-9].* | go1.1[0-9]* | go1.20*)
	stop "${version:-this go} is too old, the workbook needs $wanted" "$install" ;;
esac
! too_old "${version#go}" || stop "go ${version#go} is too old, the workbook needs $wanted" "$install, or let go fetch it: export GOTOOLCHAIN=auto"

# What is still not as on this machine was set with go env -w. An empty value would not
# override it.
[ "$goos" = "$hostos" ] || { ignore GOOS "$goos" 'go env -u GOOS'; export GOOS="$hostos"; }
[ "$goarch" = "$hostarch" ] || { ignore GOARCH "$goarch" 'go env -u GOARCH'; export GOARCH="$hostarch"; }
case $goamd64 in '' | v1) ;; *) ignore GOAMD64 "$goamd64" 'go env -u GOAMD64'; export GOAMD64=v1 ;; esac
case $goarm64 in '' | v8.0) ;; *) ignore GOARM64 "$goarm64" 'go env -u GOARM64'; export GOARM64=v8.0 ;; esac
case $module in '' | on) ;; *) ignore GO111MODULE "$module" 'go env -u GO111MODULE'; export GO111MODULE=on ;; esac
all=$flags kept=-buildvcs=false dropped= # git may refuse to tell the commit
for flag in $all; do
	case $flag in
	-buildvcs* | --buildvcs*) ;;
	-trimpath | -modcacherw | -p=*) kept="$kept $flag" ;;
	*) dropped="$dropped $flag" ;;
	esac
done
if [ -n "$dropped" ]; then
	[ -n "${GOFLAGS-}" ] && cure='unset GOFLAGS' || cure='go env -u GOFLAGS'
	ignore GOFLAGS "${dropped# }" "$cure"
fi
export GOFLAGS="$kept"

place= cure=
case $cache in /*) ;; *) absolute GOCACHE XDG_CACHE_HOME HOME ;; esac
case $modules in /*) ;; *) [ -n "$place" ] || absolute GOMODCACHE GOPATH HOME ;; esac
if [ -n "$place" ]; then
	misplace "$place" "$cure"
	unset XDG_CACHE_HOME
	case $cache in /*) ;; *) export GOCACHE="$home/.cache/go-build" ;; esac
	case $modules in /*) ;; *) export GOMODCACHE="$home/go/pkg/mod" ;; esac
fi

verb=${WORKBOOK_GOALS%% *} words=
[ "$verb" = "$WORKBOOK_GOALS" ] || words=${WORKBOOK_GOALS#* }
case $verb in
save | offline) [ -z "$words" ] || set -- "$words" ;; # one path, which may have spaces
*) set -- $words ;;
esac
for name in ${WORKBOOK_TYPED-}; do
	eval "set -- \"\$@\" \"$name=\$$name\""
done
[ -z "${WORKBOOK_IGNORED-}" ] || export WORKBOOK_IGNORED

printf 'workbook: building the tool (seconds; longer the first time)\n'
printed=$(run_go tool -n "$tool")
case $printed in
*'# runtime/cgo'* | *'link: running '* | *'# net'* | *'C compiler'*)
	# The tool needs no C compiler, and can tell what is wrong with this one.
	printed=$(export CGO_ENABLED=0; run_go tool -n "$tool") ;;
esac
binary=${printed##*"$newline"}
[ -x "$binary" ] || explain "$printed"
exec "$binary" ${verb:+"$verb"} "$@"
