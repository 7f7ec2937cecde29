#!/usr/bin/env bash
# The checks that keep the tree in order, as tests.
set -u
cd "$(dirname "$0")/../.." || exit 1

n=0
check() {
    name=$1
    shift
    n=$((n + 1))
    if output=$("$@" 2>&1); then
        echo "ok $n - $name"
    else
        echo "not ok $n - $name"
        printf '%s\n' "$output" | sed 's/^/# /'
    fi
}

shell_files() {
    git ls-files | while read -r file; do
        if [ -f "$file" ] && head -n 1 "$file" | grep -q '^#!.*bash'; then
            echo "$file"
        fi
    done
}

check "rooms include downwards only" scripts/check-layers
check "public headers stand alone" scripts/check-headers
check "public functions are documented" scripts/check-docs
check "files and functions are small" scripts/check-sizes
check "C files are formatted" scripts/check-format
mapfile -t scripts < <(shell_files)
check "shellcheck finds nothing" shellcheck -x "${scripts[@]}"
echo "1..$n"
