#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A plugin author's day, in TAP: install the headers, write skeletons, build them with
# pkg-config outside of the tree, check them; and what the check says of plugins that
# are wrong. Needs a built `switchboard` and the test plugins.
builddir=${SB_TEST_BUILDDIR:-$PWD}
switchboard=${SB_TEST_SWITCHBOARD:-$builddir/switchboard}
broken=$builddir/tests/plugins/.libs
home=$(mktemp -d) || exit 1
trap 'rm -rf "$home"' EXIT INT TERM
count=0
failed=0

# ok <sentence> <status>
ok() {
    count=$((count + 1))
    if [ "$2" -eq 0 ]; then
        echo "ok $count - $1"
    else
        echo "not ok $count - $1"
        [ -s "$home/log" ] && sed 's/^/# /' "$home/log" | head -n 60
        failed=1
    fi
}

# run <command...>: its output goes to the log
run() {
    "$@" >"$home/log" 2>&1
}

says() {
    grep -qF "$1" "$home/log"
}

plugin() {
    run "$switchboard" plugin "$@"
}

# ---- install, new, build, check ----

run env -u MAKEFLAGS -u MFLAGS "${MAKE:-make}" -C "$builddir" prefix="$home/inst" \
    exec_prefix="$home/inst" install-switchboardincludeHEADERS install-pkgconfigDATA
ok "headers and switchboard.pc install" $?

PKG_CONFIG_PATH=$home/inst/lib/pkgconfig:$home/inst/lib64/pkgconfig
PKG_CONFIG="pkg-config --define-variable=prefix=$home/inst"
SWITCHBOARD=$switchboard
export PKG_CONFIG_PATH PKG_CONFIG SWITCHBOARD

for kind in provider vertical; do
    name=my_$kind
    plugin new "$kind" "$name" --in "$home"
    ok "new $kind writes a folder" $?
    plugin new "$kind" "$name" --in "$home"
    [ $? -eq 1 ] && says "is there already"
    ok "new $kind does not touch a folder that is there" $?
    run env -u MAKEFLAGS -u MFLAGS "${MAKE:-make}" -C "$home/$name" CFLAGS="-O2 -Wall -Wextra -Werror"
    ok "the $kind builds from the installed headers" $?
    symbols=$(nm -D --defined-only "$home/$name/$name.so" | awk '{ print $3 }')
    [ "$symbols" = "${name}_LTX_sb_plugin" ]
    ok "the $kind exports its descriptor and nothing else" $?
    run env -u MAKEFLAGS -u MFLAGS "${MAKE:-make}" -C "$home/$name" check
    ok "the $kind passes the check" $?
    run env -u MAKEFLAGS -u MFLAGS "${MAKE:-make}" -C "$home/$name" install DESTDIR="$home/dest"
    ok "the $kind installs" $?
done
plugin check "$home/my_provider/my_provider.so" && says "429 with Retry-After: too many" &&
    says "one byte at a time" && says "cancelled at each of its" &&
    says "without api_key it is off" && ! says "FAIL"
ok "the provider is checked against a scripted vendor" $?

SWITCHBOARD_PLUGINS=$(find "$home/dest" -name 'my_*.so' -printf '%h\n' | sort -u)
SWITCHBOARD_VERTICALS=$(find "$home/dest" -name my_vertical.yaml -printf '%h\n')/..
export SWITCHBOARD_PLUGINS SWITCHBOARD_VERTICALS
plugin list && says "my_provider" && says 'option "api_key" is not set' &&
    grep -q '^my_vertical .* ok .* vertical$' "$home/log"
ok "list shows both, and that one lacks its key" $?
plugin show my_provider && says "api.example.com" && says "api_key"
ok "show tells hosts and options" $?
plugin show my_provder
[ $? -eq 1 ] && says 'did you mean "my_provider"?'
ok "show names the nearest" $?
unset SWITCHBOARD_PLUGINS
echo "plugins: {path: [$home/my_vertical]}" >"$home/switchboard.yaml"
run "$switchboard" scenario --config "$home/switchboard.yaml" --data "$home/data" \
    "$home/my_vertical/scenarios/first.scn"
ok "the scenarios of the vertical pass" $?

# ---- what is wrong is found ----

# finds <plugin> <sentence>
finds() {
    plugin check "$broken/$1.so"
    [ $? -eq 1 ] && says "FAIL" && says "$2"
    ok "the check finds out $1: $2" $?
}

finds other_major "was built for plugin ABI 2.4"
finds crash_start "crashed in start (signal 11)"
finds crash_call "crashed in llm with a small input (signal 11)"
finds undefined "undefined symbol: a_function_that_is_nowhere"
finds careless "add SB_OPTION_SECRET"
finds careless "cancelled at wait 1: it returned success"
finds careless "it wrote beyond count * dimensions"
finds careless "an answer that is cut off: it says that all went well"
finds careless "each life of an instance leaves"

# ---- our own pass ----

for file in plugins/local/.libs/local.so verticals/golf/.libs/golf.so \
    verticals/home_services/.libs/home_services.so; do
    plugin check "$builddir/$file"
    ok "$(basename "$file") passes the check" $?
done

plugin
[ $? -eq 2 ] && says "Usage: switchboard plugin COMMAND"
ok "without a command it says what there is" $?
plugin --help && says "check FILE"
ok "--help is an answer, not an error" $?
plugin new provider Parrot --in "$home"
[ $? -eq 1 ] && says '"Parrot" cannot be a plugin'
ok "new refuses a name that no plugin can have" $?

echo "1..$count"
exit $failed
