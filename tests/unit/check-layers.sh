#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The rooms of core/ include downwards only, plugins and verticals see the public
# headers and their own folder, public headers see each other, and SQL stays where the
# tables are. Reports in TAP.
cd "${SB_TEST_SRCDIR:-.}" || exit 1

# Rooms with the same height do not know each other.
height() {
    case $1 in
    base) echo 0 ;;
    net | store) echo 1 ;;
    host) echo 2 ;;
    know | book) echo 3 ;;
    talk) echo 4 ;;
    voice) echo 5 ;;
    api) echo 6 ;;
    cli) echo 7 ;;
    esac
}

# "file:line:name" of every #include "name" in the folders that are named.
quoted_includes() {
    find "$@" -name '*.[ch]' -exec grep -Hn '^[ 	]*#[ 	]*include[ 	]*"' {} + |
        sed 's/^\([^:]*:[0-9]*\):[^"]*"\([^"]*\)".*/\1:\2/'
}

upwards() {
    quoted_includes core/*/ | while IFS=: read -r file line name; do
        case $file in core/include/*) continue ;; esac
        room=${file#core/}
        room=${room%%/*}
        target=${name%%/*}
        [ "$room" = "$target" ] && continue
        from=$(height "$room")
        to=$(height "$target")
        if [ -z "$from" ] || [ -z "$to" ] || [ "$to" -ge "$from" ]; then
            echo "$file:$line includes $name"
        fi
    done
}

# Names of other rooms of ours in angle brackets would get around the check above.
angled() {
    find core plugins verticals -name '*.[ch]' -exec grep -HnE \
        '#[ 	]*include[ 	]*<(base|net|store|host|know|book|talk|voice|api|cli)/' {} +
}

plugins_stay_outside() {
    quoted_includes plugins verticals | while IFS=: read -r file line name; do
        folder=$(echo "$file" | cut -d/ -f1,2)
        case $name in
        ..* | */../*) echo "$file:$line includes $name" ;;
        *) [ -e "$(dirname "$file")/$name" ] || [ -e "$folder/$name" ] ||
            echo "$file:$line includes $name" ;;
        esac
    done
}

public_headers() {
    quoted_includes core/include
    grep -rnE '#[ 	]*include[ 	]*<(event2|curl|libpq|talloc|jansson|yaml|openssl)' \
        core/include plugins/*/*.h 2>/dev/null | grep '^core/include'
}

sql_in_handlers() {
    for folder in core/base core/net core/host core/talk core/voice core/api core/cli \
        plugins verticals; do
        [ -d "$folder" ] && find "$folder" -name '*.[ch]' -exec grep -HnE \
            '"[^"]*(SELECT [a-z0-9_*(]|INSERT INTO |UPDATE [a-z_]+ SET |DELETE FROM |CREATE TABLE )' \
            {} +
    done
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
    echo "$found" | sed 's/^/# /'
    failed=1
}

check "rooms include downwards only" upwards
check "no room is included in angle brackets" angled
check "plugins and verticals include public headers and their own" plugins_stay_outside
check "public headers include nothing of ours and no library" public_headers
check "SQL stays in the store and with the knowledge" sql_in_handlers
echo "1..$count"
exit $failed
