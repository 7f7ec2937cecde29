#!/usr/bin/env bash
# mecombo mechanisms: check, compile with its cache, list, and what they refuse.
# shellcheck source=tests/support/cli.bash
. "$(dirname "$0")/../support/cli.bash"

cd "$work" || exit 1
export MECOMBO_CACHE=$work/cache
mods=$root/examples/l5tpc/mechanisms

check "check says good" sh -c "'$mecombo' mechanisms check '$mods/Ih.mod' | grep -q 'Ih: good'"

# Every message of each file in tests/nmodl/bad, with its place, line and caret.
for text in "$root"/tests/nmodl/bad/*.mod; do
    name=$(basename "$text" .mod)
    (cd "$root/tests/nmodl/bad" && "$mecombo" mechanisms check "$name.mod") >said.txt 2>/dev/null
    check "diagnostics of $name.mod" diff -u "${text%.mod}.txt" said.txt
done

mkdir bad one
printf 'NEURON { SUFFIX bad RANGE a }\nASSIGNED { a }\nINITIAL {\n  a = b\n  c = 2\n}\n' >bad/bad.mod
fails 3 "check names the place" "bad/bad.mod:4:7" "$mecombo" mechanisms check bad/bad.mod
check "all errors, with carets" sh -c "grep -q 'bad.mod:5:3: error: variable \"c\"' stdout.txt &&
    grep -q '^          ^' stdout.txt"
fails 3 "compile names the place" "bad/bad.mod:4:7" "$mecombo" --quiet mechanisms compile bad
mkdir two
printf 'NEURON { SUFFIX a }\nBREAKPOINT { x = }\n' >two/a.mod
printf 'NEURON { SUFFIX b }\nPROCEDURE p() { y = = 2 }\nBREAKPOINT { z = 1 }\n' >two/b.mod
"$mecombo" mechanisms compile two 2>two.err
check "each error of each file once" test "$(grep -o '[ab].mod:[0-9]*' two.err | sort |
    tr '\n' ' ')" = "a.mod:2 b.mod:2 b.mod:3 "
check "one of them as the error" test "$(grep -c error: two.err)" = 1
fails 4 "no such folder" "absent" "$mecombo" mechanisms compile absent

cp "$mods/Ih.mod" one
check "compile" "$mecombo" mechanisms compile one -o built
check "the object is there" test -s built/mechanisms.json
"$mecombo" mechanisms list built --json list.json
check "list as JSON" python3 -c '
import json
m, = json.load(open("list.json"))
assert m["suffix"] == "Ih" and m["kind"] == "density" and m["file"] == "Ih.mod"
assert m["range"] == ["gIhbar", "ihcn", "gIh"] and m["global"] == ["ehcn"]
assert m["states"] == ["m"] and m["ions"] == [] and m["methods"] == ["cnexp"]'
check "list of .mod files" sh -c "'$mecombo' mechanisms list one | grep -q '\"suffix\": \"Ih\"'"

finish
