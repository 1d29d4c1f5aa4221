# sh full-disk.sh COMMAND… runs a command where work/, with what is in it, is on a disk
# that has no room left. Afterwards work/ is as the command has left it.
user=-r
[ "$(id -u)" != 0 ] || user=
mv work before
mkdir work
unshare -m $user sh -c 'mount -t tmpfs -o size=2m tmpfs work && cp -r before/. work && ! cat /dev/zero 2>&- >work/filler || exit 99
	"$@"; code=$?; rm work/filler; rm -r before; cp -r work before; exit $code' sh "$@"
code=$?
rmdir work
mv before work
exit $code
