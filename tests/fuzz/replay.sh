#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Runs a fuzz target over its corpus and reports in TAP. With libFuzzer linked in
# (SB_TEST_FUZZING=1) every file is a run of its own.
program=$1
name=${program##*/fuzz_}
corpus=$SB_TEST_SRCDIR/tests/fuzz/corpus/$name

[ -d "$corpus" ] || { echo "Bail out! $corpus is missing"; exit 1; }
[ "$SB_TEST_FUZZING" = 1 ] || exec "$program" "$corpus"

count=0
for file in "$corpus"/*; do
    count=$((count + 1))
    if "$program" -rss_limit_mb=0 "$file" >/dev/null 2>&1; then
        echo "ok $count - ${file##*/}"
    else
        echo "not ok $count - ${file##*/}"
    fi
done
echo "1..$count"
