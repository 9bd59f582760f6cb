#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What every file of ours must and must not hold: the licence's line, no function that
# cannot be used safely, no note to self. Reports in TAP.
cd "${SB_TEST_SRCDIR:-.}" || exit 1

# Tracked files, or all of a release's. Corpora and sample sites are data; what autoconf
# writes is not ours.
files() {
    { git ls-files 2>/dev/null | grep . || find . -type f | sed 's,^\./,,'; } |
        grep -vE '^(build|_build|_inst|m4/|tests/(fuzz/corpus|sites|fixtures)/|\.git/|autom4te)' |
        grep -vE 'node_modules/|^(configure|aclocal\.m4|config\.h\.in|Makefile\.in)' |
        while read -r file; do [ -f "$file" ] && echo "$file"; done
    echo configure.ac
}
all=$(files | sort -u)

sources() {
    echo "$all" | grep -E "$1"
}

without_licence() {
    for file in $(sources '\.(c|h|mk|am|ac|sh|mjs|js|css)$'); do
        head -n 2 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0' || echo "$file"
    done
}

# A comment may name them: what stands behind "/*" or "*" does not count.
banned_functions() {
    sources '\.[ch]$' | xargs grep -nE \
        '(^|[^a-zA-Z0-9_.>])(strcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|gets)[ ]*\(' |
        grep -vE '^[^:]*:[0-9]*:[ 	]*(/?\*)'
}

# Spelt so that this file does not find itself.
notes_to_self() {
    echo "$all" | xargs grep -InwE 'TO''DO|FIX''ME|X''XX'
}

trailing_space() {
    sources '\.(c|h|mk|am|ac|sh|mjs|js|css|sql)$' | xargs grep -nE '[ 	]+$'
}

no_files() {
    [ "$(echo "$all" | wc -l)" -gt 50 ] || echo "only: $all"
}

count=0
failed=0
# check <sentence> <function>: passes when the function finds nothing.
check() {
    count=$((count + 1))
    found=$($2)
    if [ -z "$found" ]; then
        echo "ok $count - $1"
        return
    fi
    echo "not ok $count - $1"
    echo "$found" | head -n 40 | sed 's/^/# /'
    failed=1
}

check "there are files to look at" no_files
check "every source names its licence at its top" without_licence
check "no banned function is called" banned_functions
check "nothing is left as a note to self" notes_to_self
check "no line ends in white space" trailing_space
echo "1..$count"
exit $failed
