#!/usr/bin/env bash
# examples/l5tpc from its generator to the selection: what passes, and why the rest fails.
# shellcheck source=tests/support/cli.bash
. "$(dirname "$0")/../support/cli.bash"

rm -rf "$work/l5tpc"
cp -r "$root/examples/l5tpc" "$work/l5tpc"
cd "$work/l5tpc" || exit 1
rm -rf output output_megate tmp

rows() { sqlite3 output/scores.sqlite "select $1 from scores where $2"; }
scored_250() { # scored_250 MORPHOLOGY EMODEL: how many of a row's scores are 250
    rows "(select count(*) from json_each(scores) where value = 250)" \
        "morph_name = '$1' and emodel = '$2'"
}
missing() { # missing MORPHOLOGY EMODEL: protocols with a score of 250
    rows "(select group_concat(distinct substr(key, 4, instr(substr(key, 4), '.') - 1))
        from json_each(scores) where value = 250)" "morph_name = '$1' and emodel = '$2'"
}

check "the generator" python3 "$root/scripts/make_l5tpc_morphologies.py" "$work/again"
for folder in morphologies exemplars emodels/morphologies; do
    check "the generator's $folder are those of the example" \
        diff -r "$work/again/$folder" "$folder"
done

check "prepare --dry-run" "$mecombo" prepare prepare.json --dry-run
"$mecombo" prepare prepare.json --dry-run >dry-run 2>&1
check "--dry-run finds the short axon" grep -q "tpc_a4.asc.*axon" dry-run
check "--dry-run finds the missing apical point" grep -q "upc_2.*no place for" dry-run
check "--dry-run writes nothing" test ! -e output

check "campaign on 2 ranks" mpirun -n 2 "$mecombo" campaign \
    --prepare prepare.json --run run.json --select select.json
check "12 morphologies, 2 e-models, 8 rows for exemplars" test \
    "$(rows "count(*), sum(is_exemplar), count(distinct morph_name)" 1)" = "27|8|14"
check "the selection" diff - <(cut -d' ' -f1,4 output_megate/extneurondb.dat | sort) <<'END'
tpc_a1 cADpyr
tpc_a2 cADpyr
tpc_a3 cADpyr
tpc_b1 cADpyr
tpc_b1 cIRpyr
tpc_b2 cADpyr
tpc_b2 cIRpyr
upc_1 cADpyr
upc_1 cIRpyr
upc_2 cIRpyr
END
check "one row ended with an exception" test "$(rows morph_name "exception is not null")" = tpc_a4
check "its class" sh -c "'$mecombo' status run.json | grep -q '1 axon-too-short'"
check "no threshold current" test \
    "$(rows "group_concat(distinct morph_name)" "extra_values like '%threshold_current\": null%'")" \
    = tpc_a5,tpc_b3
check "without one, most scores are 250" test "$(scored_250 tpc_b3 cIRpyr_L5)" = 14
check "without apical point, the recordings along the path" test \
    "$(scored_250 upc_2 cADpyr_L5) $(missing upc_2 cADpyr_L5)" = "2 bAP"
check "beyond the end of the dendrite, too" test \
    "$(scored_250 upc_3 cADpyr_L5) $(missing upc_3 cADpyr_L5)" = "2 bAP"
check "fails by its scores alone" test "$(scored_250 tpc_b4 cADpyr_L5)" = 0
check "the report is a PDF" pdfinfo output_megate/megating.pdf
echo '{"mecombo_release_path": "output_megate/mecombo_release.json"}' >validate.json
check "validate" "$mecombo" validate validate.json

sed -i 's/"check_opt_scores": false/"check_opt_scores": true/' select.json
check "the optimised scores are those computed" "$mecombo" select select.json
dump_tables output/scores.sqlite >two

rm -rf output tmp
check "prepare" "$mecombo" prepare prepare.json
check "run in one process" "$mecombo" run run.json
dump_tables output/scores.sqlite >one
check "the database is the same" diff one two

check "simulate" "$mecombo" simulate --emodel-dir tmp/emodels/cIRpyr_L5 --emodel cIRpyr_L5 \
    --morphology morphologies/tpc_b1.asc --scores scores.json
check "gives the row's scores" sh -c "sqlite3 output/scores.sqlite 'select scores from scores
    where morph_name = \"tpc_b1\" and emodel = \"cIRpyr_L5\"' | python3 -c '
import json, sys
assert json.load(sys.stdin) == json.load(open(\"scores.json\"))[\"scores\"]'"
finish
