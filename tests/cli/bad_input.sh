#!/usr/bin/env bash
# Every kind of bad input ends in one error line with place and remedy, with the right
# exit code, on one rank and on two, and leaves earlier results as they were.
# shellcheck source=tests/support/cli.bash
. "$(dirname "$0")/../support/cli.bash"

# edit FILE SED-SCRIPT
edit() { sed -i "$2" "$1"; }

# bad_prepare NAME CODE PART [ranks]: prepare fails, campaign on two ranks too, and the
# database stays
bad_prepare() {
    fails "$2" "$1" "$3" "$mecombo" prepare prepare.json
    if [ $# -eq 4 ]; then
        fails "$2" "$1, two ranks" "$3" mpirun -n 2 "$mecombo" campaign \
            --prepare prepare.json --run run.json --select select.json
    fi
    check "$1: results stay" cmp output/scores.sqlite finished.sqlite
    check "$1: nothing left lying about" sh -c \
        '! ls -A output | grep -v "^scores.sqlite$\|^emodels_hoc$\|^final.json$\|^emodel_dirs.json$"'
}

fresh() {
    rm -rf case
    cp -r "$work/finished" case
    cd case || exit 1
}

new_simple1 finished
"$mecombo" campaign --prepare prepare.json --run run.json --select select.json \
    >/dev/null 2>&1
cp output/scores.sqlite finished.sqlite
cd "$work" || exit 1

fresh; edit prepare.json '/"tmp_dir"/d'
bad_prepare "a missing key" 3 'prepare.json:1: key "tmp_dir" is missing'
cd ..; fresh; edit prepare.json 's/"tmp_dir"/"tmp_dri"/'
bad_prepare "an unknown key" 3 'prepare.json:2: unknown key "tmp_dri" (did you mean "tmp_dir"?)' ranks
cd ..; fresh; truncate -s -20 prepare.json
bad_prepare "a truncated configuration" 3 'prepare.json:1'
cd ..; fresh; edit prepare.json 's/"output_dir": "[^"]*"/"output_dir": 5/'
bad_prepare "a key of the wrong type" 3 'prepare.json:10: key "output_dir" holds a number'
cd ..; fresh; rm prepare.json
bad_prepare "no configuration" 4 'prepare.json'
cd ..; fresh; edit prepare.json 's/"tmp_dir"/"emodels_repo": "x", "tmp_dir"/'
bad_prepare "contradicting keys" 3 'keys "emodels_dir" and "emodels_repo" exclude each other'
cd ..; fresh; truncate -s 100 data/emodels/final.json
bad_prepare "a truncated final.json" 3 'data/emodels/final.json:' ranks
cd ..; fresh; rm data/emodels/emodel_etype_map.json
bad_prepare "no e-model map" 4 'emodel_etype_map.json'
cd ..; fresh; edit data/emodels/emodel_etype_map.json 's/"etype1"/"etype(1"/'
bad_prepare "a regex that does not compile" 3 'emodel_etype_map.json:'
cd ..; fresh; edit data/emodels/emodel_etype_map.json 's/"etype": *"etype2"/"etype": "etype3"/'
bad_prepare "an e-type that no e-model serves" 3 \
    'no e-model serves 1 combination of ./data/simple1_recipe.xml: layer "1", e-type "etype2"'
cd ..; fresh; rm data/simple1_recipe.xml
bad_prepare "no recipe" 4 'data/simple1_recipe.xml'
cd ..; fresh; edit data/simple1_recipe.xml '0,/<ElectroType id="etype1" percentage="[^"]*"/s//<ElectroType id="etype1" percentage="0.0"/'
bad_prepare "a recipe with percentage 0" 3 'percentage of ElectroType "etype1" is 0' ranks
cd ..; fresh; edit data/morphs/neuronDB.xml '0,/<mtype>mtype1/s//<mtype>mtype7/'
bad_prepare "a morphology that is not in the recipe" 3 'layer "1", m-type "mtype7" (morph1'
cd ..; fresh; rm data/rep_morphs/morph2.asc
bad_prepare "a repaired exemplar without file" 3 'data/rep_morphs/morph2.asc: no such file' ranks
cd ..; fresh; rm data/emodels/morphologies/morph1.asc
bad_prepare "an unrepaired exemplar without file" 3 'morphologies/morph1.asc: no such file'
cd ..; fresh; edit data/rep_morphs/neuronDB.xml 's/>morph1</>morph9</'
bad_prepare "an exemplar that is not in the repaired list" 3 'no morphology "morph1"'
cd ..; fresh; edit data/emodels/mechanisms/Ih.mod 's/BREAKPOINT/BREAKPINT/'
check "a mechanism that does not compile" sh -c "'$mecombo' prepare prepare.json 2>&1 |
    grep 'Ih.mod:.*BREAKPINT'; cmp output/scores.sqlite finished.sqlite"
cd ..; fresh; edit data/emodels/setup/emodel.json 's/"suffix": "hh"/"suffix": "hhh"/'
bad_prepare "a mechanism that does not exist" 3 'data/emodels/setup/emodel.json:'
cd ..; fresh; edit data/emodels/final.json 's/"cm": 1.0/"cmm": 1.0/'
bad_prepare "a parameter that the e-model does not have" 3 'cmm'
cd ..

# databases
fresh; echo 'not a database, but long enough to be looked at' >output/scores.sqlite
cp output/scores.sqlite finished.sqlite
bad_prepare "a file that is no database" 4 'output/scores.sqlite' ranks
fails 4 "run with it" 'output/scores.sqlite' "$mecombo" run run.json
fails 4 "select with it" 'output/scores.sqlite' "$mecombo" select select.json
cd ..; fresh; rm output/scores.sqlite; sqlite3 output/scores.sqlite 'create table songs (a)'
cp output/scores.sqlite finished.sqlite
bad_prepare "somebody else's database" 4 'table "scores" (not one of mecombo'
fails 4 "run with it" 'not one of mecombo' mpirun -n 2 "$mecombo" run run.json
fails 4 "select with it" 'not one of mecombo' "$mecombo" select select.json
cd ..; fresh; rm output/scores.sqlite
fails 4 "run without a database" 'run mecombo prepare first' "$mecombo" run run.json
fails 4 "select without a database" 'output/scores.sqlite' "$mecombo" select select.json
cd ..; fresh
mkfifo lock
sqlite3 output/scores.sqlite <lock >/dev/null &
exec 7>lock
echo 'begin exclusive; select 1;' >&7
sleep 0.3
fails 4 "a locked database: prepare" 'locked' "$mecombo" prepare prepare.json
fails 4 "a locked database: run" 'locked' "$mecombo" run run.json
fails 4 "a locked database: select" 'locked' "$mecombo" select select.json
exec 7>&-
wait
check "a locked database: results stay" cmp output/scores.sqlite finished.sqlite
cd ..; fresh; sqlite3 output/scores.sqlite 'update scores set to_run = 1 where "index" = 4'
fails 3 "unfinished rows" '1 of 11 rows have not been run, row 4 the first of them' \
    "$mecombo" select select.json
rm -f output/final.json
fails 3 "run without final.json" 'final.json: no such file (run mecombo prepare first' \
    mpirun -n 2 "$mecombo" run run.json
cd ..

# a disk that is full, and one that cannot be written (root writes everywhere: real mounts)
if mkdir -p "$work/small" &&
    mount -t tmpfs -o size=36k none "$work/small" 2>/dev/null; then
    fresh
    edit prepare.json "s#\"./output#\"$work/small/output#"
    fails 4 "a full disk" "$work/small" "$mecombo" prepare prepare.json
    check "a full disk: nothing half-written" sh -c \
        "! ls -A $work/small/output | grep 'sqlite'"
    cd ..
    mount -o remount,size=20m "$work/small"
    fresh
    edit prepare.json "s#\"./output#\"$work/small/output#"
    edit run.json "s#\"./output#\"$work/small/output#"
    "$mecombo" prepare prepare.json >/dev/null 2>&1
    mount -o remount,ro "$work/small"
    fails 4 "a read-only file system: prepare" "$work/small" "$mecombo" prepare prepare.json
    fails 4 "a read-only file system: run" "$work/small" "$mecombo" run run.json
    umount "$work/small"
    cd ..
fi

# a pattern that shuts an e-model out is no error, but worth a word
fresh; edit data/emodels/emodel_etype_map.json 's/"etype": "etype2"/&, "morph_name": "no.*"/'
"$mecombo" prepare prepare.json --dry-run >dry-run 2>&1
check "--dry-run finds patterns that match nothing" \
    grep -q 'e-model emodel2 gets no morphology' dry-run
cd ..

# selections
fresh; edit select.json 's/"features": \[".\*"\]/"features": "Step.*"/'
fails 3 "a pattern that is no list" '"features" is a string' "$mecombo" select select.json
cd ..; fresh; edit select.json 's/"features": \[".\*"\]/"features": ["Step2.*"]/'
fails 3 "a feature without threshold (A.10 S8)" \
    'no entry of megate_thresholds applies to feature Step1.SpikeCount' \
    "$mecombo" select select.json
cd ..; fresh; edit select.json '/emodels_hoc_dir/d'
fails 3 "select without emodels_hoc_dir (A.10 S10)" 'key "emodels_hoc_dir" is missing' \
    "$mecombo" select select.json
cd ..; fresh; edit select.json 's/"megate_threshold": 25/"megate_treshold": 25/'
fails 3 "a misspelt threshold" 'unknown key "megate_treshold"' "$mecombo" select select.json
cd ..
fails 2 "an unknown option" '--retri' "$mecombo" run --retri run.json
fails 2 "rows that are none" '"x" is no row' "$mecombo" -C "$work/finished" run run.json --rows x
finish
