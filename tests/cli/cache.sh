#!/usr/bin/env bash
# The result cache: what one campaign computed, another takes; never anything else.
# shellcheck source=tests/support/cli.bash
. "$(dirname "$0")/../support/cli.bash"

new_simple1 first
undisturbed
n_jobs=$(sqlite3 output/scores.sqlite 'select count(distinct computed_for) from mecombo_provenance')
cache=$work/cache

# run EXPECTED [OPTION...]: a run that takes so many evaluations from the cache
run() {
    local expected=$1
    shift
    again
    "$mecombo" run run.json "$@" >run.log 2>err.log || return 1
    cat run.log err.log
    grep -qx "$expected of $n_jobs evaluations came from the result cache .*" run.log
}
entries() { find "$cache" -type f -path "$cache/[0-9a-f][0-9a-f]/*"; }
marked() {
    sqlite3 output/scores.sqlite 'select count(distinct computed_for) from mecombo_provenance
        where cached = 1'
}

check "an empty cache gives nothing" run 0 --cache "$cache"
check "and is filled" test "$(entries | wc -l)" = "$n_jobs"
check "the database is that of a run without" same
check "the second campaign computes nothing" run "$n_jobs" --cache "$cache"
check "and has the same database" same
check "its rows say where they come from" test "$(marked)" = "$n_jobs"
check "status tells" sh -c "'$mecombo' status run.json | grep -x 'cached     11'"
check "and how they came about" test "$(sqlite3 output/scores.sqlite "select count(*) from
    mecombo_provenance where detail like '%package_sha256%' and job_key <> ''")" = 11
again
check "under mpirun" sh -c "mpirun -n 3 '$mecombo' run run.json --cache '$cache' |
    grep '^$n_jobs of $n_jobs evaluations came'"
check "the same database" same

# a cache in the configuration
sed "s#{#{\"result_cache\": \"$cache\",#" run.json >cached.json
again
check "configuration key result_cache" sh -c "'$mecombo' run cached.json |
    grep '^$n_jobs of $n_jobs evaluations came'"

# damage of every kind: warned of, computed again, and mended
for damage in 'truncate -s 10' 'truncate -s -1' 'truncate -s 0' 'sed -i s/[0-9]}/9}/'; do
    # shellcheck disable=SC2046 # one name per line
    $damage $(entries | head -n 1)
    check "damaged by $damage: one less" run $((n_jobs - 1)) --cache "$cache"
    check "is warned of" grep -q 'warning: .*damaged entry of the result cache' err.log
    check "the same database" same
    check "and mended" run "$n_jobs" --cache "$cache"
done

# what decides a result decides the key
cp output/final.json "$work/final.json"
python3 - <<'PYTHON'
import json
final = json.load(open("output/final.json"))
for emodel in final.values():
    emodel["params"]["cm"] = 1.25
json.dump(final, open("output/final.json", "w"))
PYTHON
check "another parameter is another result" run 0 --cache "$cache"
cp "$work/final.json" output/final.json
check "free rounding" run 0 --cache "$cache" --free-rounding
check "and back" run "$n_jobs" --cache "$cache"
rm -rf traces
mkdir traces
touch traces/.3.h5.part-77 # of a run that was killed
check "traces are computed" run 0 --cache "$cache" --save-traces traces
check "one file for each evaluation" test "$(find traces -type f | wc -l)" = "$n_jobs"
for i in $(seq 0 10); do
    "$mecombo" features "traces/$i.h5" --path /Step1/Step1.soma.v --stim-start 20 --stim-end 50 \
        --feature Spikecount
done >features.txt 2>&1
check "each row finds its own" test "$(grep -c Spikecount features.txt)" = 11
check "nothing half-written is left" test -z "$(find traces -name '.*.part-*')"
again
check "campaign takes the same options" "$mecombo" campaign --prepare prepare.json \
    --run run.json --select select.json --cache "$cache" --save-traces traces2
check "and draws the traces" grep -q 'me-combinations with traces' output_megate/megating.html
check "which another campaign names by --traces" "$mecombo" campaign --prepare prepare.json \
    --run run.json --select select.json --traces traces2
cp "$work/final.json" output/final.json

# failures: those that stay are cached, others are not
morphology=data/morphs/morph1.asc
cp $morphology "$work/good.asc"
echo 'no morphology' >$morphology
run 0 --cache "$cache" >/dev/null
dump_tables output/scores.sqlite >bad.sql
n_bad=$(sqlite3 output/scores.sqlite "select count(distinct computed_for) from
    mecombo_provenance where class = 'bad-morphology'")
run 0 --cache "$cache" >again.log
check "a bad morphology" test "$n_bad" -ge 1
check "stays one" grep -qx "\([0-9]*\) of \1 evaluations came from .*" again.log
check "the same database" same bad.sql
"$mecombo" run run.json --cache "$cache" --retry-failed >run.log
check "--retry-failed computes it" grep -qx "0 of $n_bad evaluations came from .*" run.log
cp "$work/good.asc" $morphology

# several at once, and a cache that cannot be used
rm -rf "$cache"
for i in 1 2 3; do
    cp -r "$work/first" "$work/copy$i"
    cp fresh.sqlite "$work/copy$i/output/scores.sqlite"
    sed -i "s#$work/first#$work/copy$i#g" "$work/copy$i"/output/*.json
    (cd "$work/copy$i" && mpirun -n 2 "$mecombo" run run.json --cache "$cache" >run.log 2>&1) &
done
wait
for i in 1 2 3; do
    sqlite3 "$work/copy$i/output/scores.sqlite" 'select "index", scores, extra_values, exception
        from scores' >"$work/$i.rows"
done
check "three at once on one cache" cmp "$work/1.rows" "$work/2.rows"
check "all complete" cmp "$work/2.rows" "$work/3.rows"
check "no half-written entry is left" test -z "$(find "$cache" -name '*.part-*')"
check "the fourth computes nothing" run "$n_jobs" --cache "$cache"
check "the same database" same
again
fails 4 "a cache that is a file" "$work/first/run.json" "$mecombo" run run.json --cache run.json
finish
