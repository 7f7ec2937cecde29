#!/usr/bin/env bash
# E-models on branches of a git repository (emodels_repo, emodels_githash).
# shellcheck source=tests/support/cli.bash
. "$(dirname "$0")/../support/cli.bash"
export GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@t \
    GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@t

# a repository with a main branch that holds the two JSON files in a sub-folder, and one
# branch per e-model with the package in that sub-folder
new_simple1 repo
git init -q -b main origin
mkdir origin/opt
cp -r data/emodels/. origin/opt
sed -i 's/"main_path": "."/"main_path": ".", "branch": "b1"/' origin/opt/final.json
sed -i '/"emodel2"/,$s/"branch": "b1"/"branch": "b2"/' origin/opt/final.json
(
    cd origin || exit 1
    git add . && git commit -qm main
    for b in b1 b2; do
        git checkout -qb $b main
        echo "$b" >opt/branch.txt
        git add . && git commit -qm $b
    done
    git checkout -q main
)
hash=$(git -C origin rev-parse main)
sed -i "s#\"emodels_dir\": \"[^\"]*\"#\"emodels_repo\": \"origin\", \"emodels_githash\": \"$hash\"#
    s#\"final.json\"#\"opt/final.json\"#; s#\"emodel_etype_map.json\"#\"opt/emodel_etype_map.json\"#" \
    prepare.json
check "--dry-run" "$mecombo" prepare prepare.json --dry-run
check "--dry-run writes nothing" test ! -e tmp
check "prepare" "$mecombo" prepare prepare.json
check "each e-model comes from its branch" test \
    "$(cat tmp/emodels/emodel1/branch.txt tmp/emodels/emodel2/branch.txt | tr '\n' ' ')" = "b1 b2 "
check "the clone is where BluePyMM puts it" test -f tmp/emodels_repo/opt/final.json
check "nothing else is left in tmp_dir" test "$(find tmp -mindepth 1 -maxdepth 1 |
    sort | tr '\n' ' ')" = "tmp/emodels tmp/emodels_repo "
check "prepare again" "$mecombo" prepare prepare.json
check "run" "$mecombo" run run.json
check "the scores are the same" sh -c "sqlite3 output/scores.sqlite 'select scores from scores' |
    sort | uniq -c | grep -x ' *11 {\"Step1.SpikeCount\": 20.0}'"
sed -i 's/"b2"/"b3"/' origin/opt/final.json
git -C origin commit -qam 'a branch that is none'
sed -i "s/$hash/main/" prepare.json
fails 3 "a branch that does not exist" 'branch "b3" of e-model emodel2' \
    "$mecombo" prepare prepare.json
sed -i 's/"main"/"nothing"/' prepare.json
fails 3 "a commit that does not exist" 'emodels_repo origin at nothing' \
    "$mecombo" prepare prepare.json
sed -i 's/"origin"/"nowhere"/' prepare.json
fails 3 "a repository that does not exist" 'emodels_repo nowhere' \
    "$mecombo" prepare prepare.json
finish
