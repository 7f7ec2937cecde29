#!/usr/bin/env bash
# examples/simple1 from recipe to report, in both key sets and on 1 to 8 ranks, against
# what BluePyMM 0.9.11 gave.
# shellcheck source=tests/support/cli.bash
. "$(dirname "$0")/../support/cli.bash"

same_database() { dump_tables output/scores.sqlite | diff - "$reference/simple1/scores.sql"; }

python_json() { # python_json FILE EXPRESSION: the file is json.dump(EXPRESSION)
    python3 -c '
import json, os, sys
want = json.dumps(eval(sys.argv[2]), indent=2, sort_keys=True)
sys.exit(open(sys.argv[1]).read() != want)' "$1" "$2"
}

new_simple1 today
check "prepare" "$mecombo" prepare prepare.json
check "nothing was run yet" test "$(sqlite3 output/scores.sqlite \
    'select count(*), sum(to_run), count(scores), count(exception) from scores')" = "11|11|0|0"
check "final.json as Python writes it" python_json output/final.json \
    'json.load(open("data/emodels/final.json"))'
check "emodel_dirs.json as Python writes it" python_json output/emodel_dirs.json \
    '{e: os.getcwd() + "/tmp/emodels/" + e for e in ("emodel1", "emodel2")}'
check "HOC templates" grep -q "begintemplate emodel2" output/emodels_hoc/emodel2.hoc
check "run" "$mecombo" run run.json
check "a line per row" test "$(grep -c '^Saved scores for uid [0-9]* ([0-9]* out of 11)$' \
    "$work/log")" = 11
check "the database is BluePyMM's" same_database
check "select" "$mecombo" select select.json
check "extneurondb.dat" diff output_megate/extneurondb.dat "$reference/simple1/extneurondb.dat"
check "mecombo_emodel.tsv" diff output_megate/mecombo_emodel.tsv \
    "$reference/simple1/mecombo_emodel.tsv"
check "mecombo_release.json" python_json output_megate/mecombo_release.json \
    '{"version": "1.0", "output_paths": {"emodels_hoc": os.path.abspath("output/emodels_hoc"),
      "extneurondb.dat": os.path.abspath("output_megate/extneurondb.dat"),
      "mecombo_emodel.tsv": os.path.abspath("output_megate/mecombo_emodel.tsv")}}'
check "the report is a PDF" pdfinfo output_megate/megating.pdf
printf ',fullmtype,etype,emodel,median_score\n8,mtype1,etype1,emodel1,20.0\n%s\n%s\n' \
    "9,mtype1,etype2,emodel2,20.0" "10,mtype2,etype1,emodel1,20.0" >"$work/medians"
check "medians stand beside their rows (A.10 S4)" diff \
    output_megate/extra_data/all_median_scores.csv "$work/medians"
check "status" sh -c "'$mecombo' status run.json --json |
    python3 -c 'import json, sys; s = json.load(sys.stdin); assert (s[\"rows\"], s[\"done\"],
    s[\"left\"], s[\"failed\"], s[\"owner\"]) == (11, 11, 0, 0, None) and s[\"complete\"], s'"
echo '{"mecombo_release_path": "output_megate/mecombo_release.json"}' >validate.json
check "validate" "$mecombo" validate validate.json
sed -i 's/emodel1_mtype1/emodel1_mtype9/' output_megate/extneurondb.dat
fails 3 "validate finds a row that differs" "emodel1_mtype9_1_morph1" \
    "$mecombo" validate validate.json

new_simple1 notebook
check "prepare in the form of 2017" "$mecombo" prepare simple1_conf_prepare.json
check "run in the form of 2017" "$mecombo" run simple1_conf_run.json
check "select in the form of 2017" "$mecombo" select simple1_conf_select.json
check "combo_model.csv" sh -c "tr '\\t' ',' <'$reference/simple1/mecombo_emodel.tsv' |
    { read -r header; echo \"\$header\"; sort -t, -k1,1 -k6,6; } >want.csv
    { read -r header; echo \"\$header\"; sort -t, -k1,1 -k6,6; } \
        <output_megate/combo_model.csv >got.csv; diff got.csv want.csv"
check "rows of combo_model.csv in database order" test \
    "$(cut -d, -f6 output_megate/combo_model.csv | tr '\n' ' ')" = \
    "combo_name emodel1_mtype1_1_morph1 emodel2_mtype1_1_morph1 emodel1_mtype2_1_morph2 "

for ranks in 1 2 4 8; do
    new_simple1 "ranks$ranks"
    check "campaign on $ranks ranks" mpirun -n $ranks "$mecombo" campaign \
        --prepare prepare_yaml.json --run run.json --select select.json
    check "the database of $ranks ranks" same_database
    check "the selection of $ranks ranks" diff output_megate/mecombo_emodel.tsv \
        "$reference/simple1/mecombo_emodel.tsv"
done

new_simple1 options
"$mecombo" prepare prepare.json >/dev/null
check "run of some rows" "$mecombo" run run.json --rows 0-2,9
check "only these are done" test "$(sqlite3 output/scores.sqlite \
    'select group_concat("index") from scores where to_run = 0')" = "0,1,2,9"
check "the rest, one by one" "$mecombo" run run.json --no-dedup --no-shortcuts
check "each of the rest was computed" test "$(sqlite3 output/scores.sqlite \
    'select count(*) from mecombo_provenance where computed_for = "index"')" = 9
check "the database is the same" same_database
check "prepare again keeps the results aside" "$mecombo" prepare prepare.json
check "the old database" sh -c "mv output/scores.sqlite.bak-1 output/scores.sqlite"
check "is complete" same_database
check "prepare --continu keeps it in place" "$mecombo" prepare prepare.json --continu
check "untouched" same_database
check "--dry-run" "$mecombo" prepare prepare.json --dry-run
rm -rf output tmp
check "--dry-run writes nothing" sh -c "'$mecombo' prepare prepare.json --dry-run &&
    test ! -e output && test ! -e tmp"
finish
