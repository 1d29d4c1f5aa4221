package restate

import (
	"cmp"
	"fmt"

	"example.com/workbook/tools/hint"
	"example.com/workbook/tools/npm"
)

// Version is the restate-server that the workbook is written and tested for.
// It is pinned here and nowhere else.
const Version = "1.7.12"

// Program is the server, as npm brings it. The hashes are the `dist.integrity` that
// `npm view PACKAGE@VERSION` prints.
var Program = npm.Program{
	Name: "restate-server", Version: Version, Title: "restate-server " + Version,
	Own: ownServer, Room: 400, Licences: []string{"LICENSE", "NOTICE"},
	Unpack: func(tarball, path string) error { return npm.UnpackFile(tarball, "bin/restate-server", path, 0o755) },
	Builds: map[string]npm.Build{
		"linux/amd64": {
			Package:   "@restatedev/restate-server-linux-x64",
			Integrity: "sha512-URotJ1AIqaSCDkRMl4OrQfTLH+NYuOZb3ZsP7wxxiuAB6pncgPhTUYSvegTF5PTrAShnNyHNpju9kjf2O3QxoA==",
			Bytes:     80974439,
		},
		"linux/arm64": {
			Package:   "@restatedev/restate-server-linux-arm64",
			Integrity: "sha512-aV7YxWvPhp88MjQtObGDhDCTwCBa68wwZOAMmJqDreO0auHYuSfOqabEx4I90coZsx3zShNusppbTPKprOa+dw==",
			Bytes:     78312994,
		},
		"darwin/amd64": {
			Package:   "@restatedev/restate-server-darwin-x64",
			Integrity: "sha512-ZRS1kk3S4pzIiup2IRRQ3eHoKJSZ43FG4rDe7UbGFWwZ/Yz0xSDa4/3/kiuwaMHXWs/CsKtJe0shx8JCR0DO1g==",
			Bytes:     79353029,
		},
		"darwin/arm64": {
			Package:   "@restatedev/restate-server-darwin-arm64",
			Integrity: "sha512-pHrZMaaeBJxXTgI19WG/aJvxuUDQ2nhSDEEJVseTZQiTEdJ7hboPlhvYacgXIE2iMnLMmWkN5XIlXqosHK8Byg==",
			Bytes:     75394577,
		},
	},
}

// isAccepted reports whether a server that calls itself banner will do: the
// pinned minor version, at the pinned patch or a later one. Patches mend;
// another minor may change answers that the checks look at.
func isAccepted(banner string) bool {
	var have, want [3]int
	if !parseVersion("restate-server "+Version, &want) || !parseVersion(banner, &have) {
		return false
	}
	return have[0] == want[0] && have[1] == want[1] && have[2] >= want[2]
}

// CheckVersion fails unless a version, such as 1.7.12, is one that the workbook is tested for. who is
// what has the version, for the error.
func CheckVersion(who, version string) error {
	if isAccepted("restate-server " + version) {
		return nil
	}
	return hint.New(hint.Setup, "use the workbook that is written for that server, or restate-server "+Version,
		"%s is of restate-server %s, and this tool is tested with %s", who, cmp.Or(version, "without a version"), Version)
}

func parseVersion(banner string, v *[3]int) bool {
	_, err := fmt.Sscanf(banner, "restate-server %d.%d.%d", &v[0], &v[1], &v[2])
	return err == nil
}
