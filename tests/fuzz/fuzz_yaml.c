/* SPDX-License-Identifier: Apache-2.0
 *
 * Configuration files: refused with a place, or read, bound to rows, and written out
 * and read again without a change.
 */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/json.h"
#include "base/table.h"
#include "base/text.h"
#include "base/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct conf {
    const char *name, *mode;
    int64_t count, wait, room;
    double ratio;
    bool on;
    const char **list;
};

static const struct sb_option rows[] = {
    SB_OPT_STRING(struct conf, name, "x", 0, "text"),
    SB_OPT_CHOICE(struct conf, mode, "a", "a|b", 0, "choice"),
    SB_OPT_INT(struct conf, count, "1", -5, 5, "things", 0, "int"),
    SB_OPT_DURATION(struct conf, wait, "1s", 0, 1e9, 0, "duration"),
    SB_OPT_SIZE(struct conf, room, "1k", 0, 1e9, 0, "size"),
    SB_OPT_NUMBER(struct conf, ratio, "0", 0, 1, NULL, 0, "number"),
    SB_OPT_BOOL(struct conf, on, "no", 0, "flag"),
    SB_OPT_LIST(struct conf, list, "a,b", 0, "list"),
    SB_OPT_END,
};

static void check_rows(TALLOC_CTX *mem, const struct sb_yaml *root)
{
    struct conf conf = {0};
    struct sb_err err = {0};
    struct sb_buf out;

    if (sb_table_bind(mem, SB_TABLE(rows), root, NULL, &conf, sizeof(conf), &err) !=
        0) {
        assert(err.msg[0]);
        return;
    }
    assert(conf.count >= -5 && conf.count <= 5 && conf.ratio >= 0 && conf.ratio <= 1);
    sb_buf_init(&out, mem);
    sb_table_show(SB_TABLE(rows), &conf, "", &out);
}

static void check_dump(TALLOC_CTX *mem, const struct sb_yaml *root)
{
    json_t *value = sb_yaml_to_json(root), *back;
    char *text = sb_yaml_dump(mem, value);
    struct sb_yaml *again = NULL;
    struct sb_err err = {0};

    if (sb_yaml_parse(mem, "again", text, strlen(text), &again, &err) != 0) {
        (void)fprintf(stderr, "%s in:\n%s", err.msg, text);
        abort();
    }
    back = sb_yaml_to_json(again);
    if (!json_equal(value, back)) {
        (void)fprintf(stderr, "changed:\n%s", text);
        abort();
    }
    json_decref(value);
    json_decref(back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_yaml *root = NULL;
    struct sb_err err = {0};

    if (sb_yaml_parse(mem, "f", (const char *)data, size, &root, &err) != 0) {
        assert(!root && strncmp(err.msg, "f:", 2) == 0);
    } else {
        check_rows(mem, root);
        check_dump(mem, root);
    }
    talloc_free(mem);
    return 0;
}
