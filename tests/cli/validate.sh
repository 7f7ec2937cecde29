#!/usr/bin/env bash
# mecombo validate finds each fault that a release can have.
# shellcheck source=tests/support/cli.bash
. "$(dirname "$0")/../support/cli.bash"
cd "$work" || exit 1

echo '{"mecombo_release_path": "release.json"}' >validate.json

release() { # a good release of two combinations
    mkdir -p hoc
    printf 'begintemplate e1\nendtemplate e1\n' >hoc/e1.hoc
    cat >ext.dat <<'END'
m1 1 L1_A cAC e1_L1_A_1_m1
m2 1 L1_A cAC e1_L1_A_1_m2
END
    tr '|' '\t' >combos.tsv <<'END'
morph_name|layer|fullmtype|etype|emodel|combo_name|threshold_current|holding_current
m1|1|L1_A|cAC|e1|e1_L1_A_1_m1|0.5|-0.1
m2|1|L1_A|cAC|e1|e1_L1_A_1_m2|0.5|
END
    cat >release.json <<END
{"version": "1.0", "output_paths": {"emodels_hoc": "$work/hoc",
 "extneurondb.dat": "$work/ext.dat", "mecombo_emodel.tsv": "$work/combos.tsv"}}
END
}

broken() { # broken NAME MESSAGE COMMAND...: a good release on which the command was run
    local name=$1 message=$2
    shift 2
    release
    "$@"
    fails 3 "$name" "$message" "$mecombo" validate validate.json
}

release
check "a good release" "$mecombo" validate validate.json
cp log said
check "is called good" grep -x '2 me-combinations, nothing wrong' said
check "with a note on missing currents" grep 'note: 1 currents are missing' said
broken "a file is missing" "extneurondb.dat: $work/ext.dat does not exist" rm ext.dat
broken "no path" 'output_paths has no "emodels_hoc"' sed -i 's/emodels_hoc/hocs/' release.json
broken "a row too many" "combos.tsv: 2 rows, but $work/ext.dat has 3" \
    sed -i '2{p}' ext.dat
broken "a field too few" "ext.dat:2: 4 fields instead of 5" sed -i '2s/ cAC//' ext.dat
broken "another column" "combos.tsv:1: column 4 is not etype" sed -i '1s/etype/type/' combos.tsv
broken "rows that differ" 'ext.dat:1: etype is "bAC"' sed -i '1s/cAC/bAC/' ext.dat
broken "a name twice" 'combos.tsv:3: combo_name "e1_L1_A_1_m1" occurs twice' \
    sed -i 's/e1_L1_A_1_m2/e1_L1_A_1_m1/' ext.dat combos.tsv
broken "no HOC file" "e1.hoc: no HOC file of e-model e1 (" rm hoc/e1.hoc
broken "another template" "e1.hoc: defines no template e1" sed -i 's/e1/e2/' hoc/e1.hoc
broken "no number" 'threshold_current "much" is no number' sed -i '3s/0.5/much/' combos.tsv
broken "several findings" "2 findings in the release" \
    sed -i 's/L1_A cAC/L1_B cAC/' ext.dat
finish
