# sh disk.sh OPTIONS DIR COMMAND… runs a command with a disk of its own mounted at DIR,
# which nobody else sees. What is in DIR afterwards is listed on its standard error.
options=$1 dir=$2
shift 2
user=-r
[ "$(id -u)" != 0 ] || user=
mkdir -p "$dir"
exec unshare -m $user sh -c 'mount -t tmpfs -o "$1" tmpfs "$2" || exit 99
	dir=$2; shift 2; "$@"; code=$?; ls -A "$dir" >&2; exit $code' sh "$options" "$dir" "$@"
