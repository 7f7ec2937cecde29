#!/usr/bin/env bash
# Stochastic channels in a whole evaluation: the scores that BluePyOpt and NEURON give
# (tests/peers/make-stochastic), with stochkv_det false in Step_200 and without.
# shellcheck source=tests/support/cli.bash
. "$(dirname "$0")/../support/cli.bash"
example=$root/examples/l5tpc
cp -rL "$example/emodels" "$work/random"
cd "$work" || exit 1
check "mechanisms" "$mecombo" mechanisms compile random/mechanisms -o random/mecombo_mechanisms
cp -r random deterministic
sed -i 's/, "stochkv_det": false//' deterministic/config/protocols/cIRpyr.json
check "the protocols differ" \
    sh -c '! diff -q random/config/protocols/cIRpyr.json deterministic/config/protocols'

for way in random deterministic; do
    check "simulate, $way" "$mecombo" simulate --emodel-dir "$way" --emodel cIRpyr_L5 \
        --morphology "$example/morphologies/tpc_b1.asc" --scores "$way.json"
    check "scores and currents, $way" python3 - "$way" "$root/tests/cli/stochastic.json" <<'EOF'
import json, sys
got = json.load(open(sys.argv[1] + ".json"))
want = json.load(open(sys.argv[2]))[sys.argv[1]]
assert got["scores"] == want["scores"], (got["scores"], want["scores"])
assert got["extra_values"] == want["extra_values"]
EOF
done
check "only Step_200 depends on the channels' noise" python3 - <<'EOF'
import json
random, calm = (json.load(open(way + ".json"))["scores"]
                for way in ("random", "deterministic"))
assert {name.split(".")[1] for name in random if random[name] != calm[name]} == {"Step_200"}
EOF
check "again, the same" "$mecombo" simulate --emodel-dir random --emodel cIRpyr_L5 \
    --morphology "$example/morphologies/tpc_b1.asc" --scores again.json --protocol Step_200
check "... scores" python3 - <<'EOF'
import json
again, whole = (json.load(open(name + ".json"))["scores"] for name in ("again", "random"))
assert again and all(whole[name] == again[name] for name in again if "Step_200" in name)
EOF
finish
