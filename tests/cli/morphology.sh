#!/usr/bin/env bash
# mecombo morphology: summary, geometry, drawing, exit codes and messages.
# shellcheck source=tests/support/cli.bash
. "$(dirname "$0")/../support/cli.bash"
data=$root/tests/unit/morphology/data
campaign=$root/../shared/campaigns/sscx-l5tpc/morphologies
cd "$work" || exit 1

has() { # has PART FILE
    grep -qF -- "$1" "$2"
}

check "summary" "$mecombo" morphology "$data/two-somas.asc"
"$mecombo" morphology "$data/two-somas.asc" >summary 2>messages
check "... names the file" has "two-somas.asc (axon replacement: none)" summary
check "... has a line per type" has "  soma " summary
check "... warns" has "two-somas.asc: 2 separate trees" summary
check "... says nothing else" test ! -s messages

"$mecombo" morphology "$data/sphere3.swc" --replace-axon bluepyopt --json out.json \
    --svg out.svg >summary
check "geometry in the form of the contract" python3 - <<'EOF'
import json
cell = json.load(open("out.json"))
assert list(cell) == ["morphology", "sections", "lists", "nseg_total"], list(cell)
assert cell["morphology"] == "sphere3.swc"
soma, dend = cell["sections"][:2]
assert list(soma) == ["name", "parent", "L", "nseg", "Ra", "cm", "n3d", "area", "diam",
                      "ri", "distance"], list(soma)
assert soma["name"] == "soma[0]" and soma["parent"] is None
assert dend["parent"] == ["soma[0]", 0.5, 0.0], dend["parent"]
assert [len(s["area"]) for s in cell["sections"]] == [s["nseg"] for s in cell["sections"]]
assert cell["lists"] == {"somatic": ["soma[0]"], "basal": ["dend[0]"], "apical": [],
                         "axonal": ["axon[0]", "axon[1]"], "myelinated": []}
assert cell["nseg_total"] == sum(s["nseg"] for s in cell["sections"])
EOF
check "drawing" has "<svg" out.svg

if [ -d "$campaign" ]; then
    "$mecombo" morphology "$campaign/C060114A5.asc" --replace-axon taper --json cell.json \
        >/dev/null
    check "a campaign cell equals NEURON's geometry" python3 - \
        "$reference/geometry/C060114A5.json" <<'EOF'
import json
import sys
want, got = json.load(open(sys.argv[1])), json.load(open("cell.json"))
assert want["lists"] == got["lists"] and want["nseg_total"] == got["nseg_total"]
keys = ["name", "parent", "L", "nseg", "Ra", "n3d", "area", "diam", "ri", "distance"]
for a, b in zip(want["sections"], got["sections"], strict=True):
    assert all(a[k] == b[k] for k in keys), a["name"]
EOF
fi

printf '((Axon) (1 2 3 4)' >open.asc
fails 3 "an open parenthesis" "open.asc:1:18: expected ')', found the end of the file" \
    "$mecombo" morphology open.asc
printf '1 1 0 0 0 1 -1\n2 3 0 0 0 1 7\n' >cycle.swc
fails 3 "a cycle" "cycle.swc:2: the parent's number is not below the point's own" \
    "$mecombo" morphology cycle.swc
fails 3 "an axon that is too short" "the tapering replacement needs 10" \
    "$mecombo" morphology "$data/short-axon.asc" --replace-axon taper
head -c 100000 /dev/urandom >random.asc
check "random bytes" sh -c "\"$mecombo\" morphology random.asc 2>log; test \$? = 3 &&
    grep -q 'random.asc:[0-9]*:[0-9]*: ' log"
cp random.asc random.h5
fails 3 "a file that is not HDF5" "random.h5" "$mecombo" morphology random.h5
fails 4 "no such file" "none.swc" "$mecombo" morphology none.swc
fails 3 "another kind of file" "cell.json: unknown kind of morphology '.json'" \
    "$mecombo" morphology cell.json
fails 2 "an unknown rule" "--replace-axon stump is unknown" \
    "$mecombo" morphology open.asc --replace-axon stump
fails 2 "a negative length" "--nseg-length" \
    "$mecombo" morphology open.asc --nseg-length -1
fails 4 "a folder that is not there" "nowhere/out.json" \
    "$mecombo" morphology "$data/point.swc" --json nowhere/out.json
fails 4 "a drawing that cannot be written" "nowhere/out.svg" \
    "$mecombo" morphology "$data/point.swc" --svg nowhere/out.svg
finish
