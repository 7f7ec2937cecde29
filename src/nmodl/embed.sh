#!/bin/sh
# Print C source with one array of lines per text file.
# usage: embed.sh NAME FILE [NAME FILE]...
set -eu
echo "/* Made by src/nmodl/embed.sh. */"
while [ $# -gt 0 ]; do
    echo "extern const char *const nmodl_text_$1[];"
    echo "const char *const nmodl_text_$1[] = {"
    sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/.*/    "&\\n",/' "$2"
    echo "    0};"
    shift 2
done
