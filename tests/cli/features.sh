#!/usr/bin/env bash
# mecombo features: text and HDF5 traces, JSON, table, drawing, and what it refuses.
# shellcheck source=tests/support/cli.bash
. "$(dirname "$0")/../support/cli.bash"

cd "$work" || exit 1
# A spike of 1 ms in a step of 20 mV, sampled at 0.5 ms.
awk 'BEGIN { print "# t v"
    for (i = 0; i <= 600; i++) {
        t = i / 2; v = -70 + (t >= 100 && t < 200 ? 20 : 0)
        if (t == 150) { v = 30 }
        print t, v
    } }' >spike.txt

stimulus=(--stim-start 100 --stim-end 200)

"$mecombo" features spike.txt "${stimulus[@]}" --feature peak_time --feature Spikecount \
    --feature inv_first_ISI --json out.json >table.txt 2>&1
check "a table" grep -q '^Spikecount  *1$' table.txt
check "what does not exist is a dash" grep -q '^inv_first_ISI  *-$' table.txt
check "whole numbers" grep -q '"Spikecount": \[1\]' out.json
check "null" grep -q '"inv_first_ISI": null' out.json

check "reasons" sh -c "'$mecombo' features spike.txt --stim-start 100 --stim-end 200 \
    --feature inv_first_ISI --reasons | grep -q 'fewer than two spikes'"
check "settings" sh -c "'$mecombo' features spike.txt --stim-start 100 --stim-end 200 \
    --feature Spikecount --setting Threshold=40 | grep -q '^Spikecount  *0$'"
check "all features to stdout" sh -c "'$mecombo' features spike.txt --stim-start 100 \
    --stim-end 200 --all --json - | grep -c '^  \"' | grep -qx 179"
check "several traces" sh -c "'$mecombo' features spike.txt spike.txt --stim-start 100 \
    --stim-end 200 --feature Spikecount --json - | grep -c Spikecount | grep -qx 2"
cp spike.txt 'spike.txt (2)'
"$mecombo" features spike.txt spike.txt 'spike.txt (2)' "${stimulus[@]}" --feature Spikecount \
    --json several.json >several.txt
check "one name each" test "$(sed -n 's/^  "\(.*\)": {/\1/p' several.json | paste -sd,)" = \
    'spike.txt,spike.txt (2),spike.txt (2) (2)'
check "in the table as well" grep -qx 'spike.txt (2) (2)' several.txt
check "the help lists the features" sh -c "'$mecombo' features --help | \
    grep -q '^  voltage_base (mV)$'"
# In 15000 samples the threads of eFEL's BLAS show in a fit (the numbers are eFEL's).
awk 'BEGIN { for (i = 0; i < 15000; i++) {
        wave = i % 300 < 50 ? 3 * sin(i / 43) : 0
        printf "%.17g %.17g\n", i / 10, -65 + 3 * exp(-i / 900) + wave
    } }' >waves.txt
fit=(--stim-start 0 --stim-end 1490 --json - --feature deactivation_time_constant)
"$mecombo" features waves.txt "${fit[@]}" --blas-threads 1 >one.json
"$mecombo" features waves.txt "${fit[@]}" --blas-threads 2 >two.json
OPENBLAS_NUM_THREADS=1 "$mecombo" features waves.txt "${fit[@]}" >chosen.json
check "a fit with one thread" grep -q '\[73.23051907762073\]' one.json
check "a fit with two threads" grep -q '\[73.23052094831928\]' two.json
check "OPENBLAS_NUM_THREADS" cmp one.json chosen.json

"$mecombo" features spike.txt "${stimulus[@]}" --plot out.svg >/dev/null 2>&1
check "a drawing" grep -q '<svg' out.svg

if [ -f "$reference/traces/C060114A5.h5" ]; then
    check "an HDF5 dataset" sh -c "'$mecombo' features '$reference/traces/C060114A5.h5' \
        --path 'fixed/Step_200/soma[0](0.5).v' --stim-start 700 --stim-end 2700 \
        --feature Spikecount | grep -q '^Spikecount  *30$'"
    fails 3 "an HDF5 file of many datasets" '--path' "$mecombo" features \
        "$reference/traces/C060114A5.h5" "${stimulus[@]}" --all
fi

fails 2 "no stimulus" '--stim-start' "$mecombo" features spike.txt --all
fails 2 "an empty stimulus" 'is not after' "$mecombo" features spike.txt \
    --stim-start 2 --stim-end 2 --all
fails 2 "nothing to compute" '--all' "$mecombo" features spike.txt "${stimulus[@]}"
fails 3 "an unknown feature" 'did you mean peak_time?' "$mecombo" features spike.txt \
    "${stimulus[@]}" --feature peak_tim
fails 3 "an unknown setting" 'did you mean Threshold?' "$mecombo" features spike.txt \
    "${stimulus[@]}" --all --setting Treshold=3
printf '0 1\nx 2\n' >bad.txt
fails 3 "not a number" 'bad.txt:2' "$mecombo" features bad.txt "${stimulus[@]}" --all
printf '1 1\n0 2\n' >bad.txt
fails 3 "time runs backwards" 'bad.txt:2' "$mecombo" features bad.txt "${stimulus[@]}" --all
: >bad.txt
fails 3 "an empty file" 'holds no samples' "$mecombo" features bad.txt "${stimulus[@]}" --all
fails 4 "no file" 'none.txt' "$mecombo" features none.txt "${stimulus[@]}" --all
finish
