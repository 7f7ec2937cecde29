#!/usr/bin/env bash
# mecombo --version: what this host guarantees, and a libm that rounds differently.
# shellcheck source=tests/support/cli.bash
. "$(dirname "$0")/../support/cli.bash"
cd "$work" || exit 1

cat >other.c <<'EOF'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <math.h>

#define OTHER(name)                                                                    \
    double name(double x)                                                              \
    {                                                                                  \
        double y = ((double (*)(double))dlsym(RTLD_NEXT, #name))(x);                   \
        return x > 3.0 && x < 3.5 ? nextafter(y, 9.0) : y;                             \
    }
EOF
for name in exp log; do
    { cat other.c; echo "OTHER($name)"; } >"$name.c"
    check "a library with another $name" \
        "${CC:-gcc}" -shared -fPIC -O1 -fno-builtin -o "$name.so" "$name.c" -lm -ldl
done
has() { "${@:2}" 2>&1 | grep -q -- "$1"; }
preloaded() { LD_PRELOAD=$work/$1.so "${@:2}"; }

check "version" has "^mecombo [0-9]" "$mecombo" --version
if "$mecombo" --version | grep -q "instruction set: baseline"; then
    check "no FMA, no guarantee" has "none of NEURON's bits" "$mecombo" --version
else
    check "equal bits are guaranteed" has "bit for bit" "$mecombo" --version
    for name in exp log; do
        check "another $name is noticed" has "bits, $name of this glibc differs" \
            preloaded "$name" "$mecombo" --version
        check "... and simulate warns" has "warning: $name of glibc" \
            preloaded "$name" "$mecombo" simulate --emodel-dir none --emodel none \
            --morphology none
    done
fi
check "no warning otherwise" \
    bash -c "! '$mecombo' simulate --emodel-dir none --emodel none --morphology none 2>&1 |
        grep warning"
finish
