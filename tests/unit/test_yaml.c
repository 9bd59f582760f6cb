/* SPDX-License-Identifier: Apache-2.0
 *
 * YAML: the tree with its places, every refusal with its exact place, and the way to
 * JSON and back.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/buf.h"
#include "base/json.h"
#include "base/yaml.h"

static struct sb_yaml *parse(const char *text)
{
    struct sb_err err = {0};
    struct sb_yaml *root = NULL;

    cr_assert_eq(sb_yaml_parse(NULL, "t.yaml", text, strlen(text), &root, &err), 0,
                 "%s", err.msg);
    return root;
}

static void drop(struct sb_yaml *root)
{
    talloc_free(talloc_parent(root));
}

Test(yaml, remembers_places)
{
    struct sb_yaml *root =
        parse("# head\nserver:\n  listen: \"a:1\"\n  ports: [1, 2]\n");
    struct sb_yaml *server = sb_yaml_get(root, "server");
    struct sb_yaml *ports = sb_yaml_get(server, "ports");

    cr_assert_eq(root->line, 2);
    cr_assert_eq(server->line, 3);
    cr_assert_eq(server->column, 3);
    cr_assert_str_eq(sb_yaml_str(sb_yaml_get(server, "listen"), ""), "a:1");
    cr_assert(sb_yaml_get(server, "listen")->quoted);
    cr_assert_eq(ports->count, 2);
    cr_assert_eq(ports->items[1]->line, 4);
    cr_assert_eq(ports->items[1]->column, 14);
    cr_assert_str_eq(ports->items[1]->file, "t.yaml");
    cr_assert_null(sb_yaml_get(server, "none"));
    cr_assert_null(sb_yaml_get(NULL, "none"));
    drop(root);
}

Test(yaml, an_empty_file_is_null)
{
    struct sb_yaml *root = parse("# only a comment\n");

    cr_assert_eq(root->kind, SB_YAML_SCALAR);
    cr_assert_str_eq(sb_yaml_str(root, "fallback"), "fallback");
    drop(root);
}

static void refuses(const char *text, size_t len, const char *want)
{
    struct sb_err err = {0};
    struct sb_yaml *root = NULL;

    cr_assert_neq(sb_yaml_parse(NULL, "t.yaml", text, len, &root, &err), 0, "%s", text);
    cr_assert_null(root);
    cr_assert_eq(strncmp(err.msg, want, strlen(want)), 0, "\"%s\" is not \"%s\"",
                 err.msg, want);
}

static void refuses_text(const char *text, const char *want)
{
    refuses(text, strlen(text), want);
}

Test(yaml, refuses_with_the_exact_place)
{
    refuses_text("a: 1\nb: 2\na: 3\n", "t.yaml:3:1: key \"a\" appears twice");
    refuses_text("x:\n  - &one 1\n", "t.yaml:2:5: anchors are not supported");
    refuses_text("x: *one\n", "t.yaml:1:4: aliases are not supported");
    refuses_text("x:\n  <<: {a: 1}\n", "t.yaml:2:3: merge keys are not supported");
    refuses_text("x: !!binary aGk=\n", "t.yaml:1:4: tags are not supported");
    refuses_text("x: !file /etc/passwd\n", "t.yaml:1:4: tags are not supported");
    refuses_text("x: {[a]: 1}\n", "t.yaml:1:5: a key must be plain text");
    refuses_text("x: {? : 1}\n", "t.yaml:1:7: a key is empty");
    refuses_text("a: 1\n---\nb: 2\n", "t.yaml:2:1: there is a second document");
    refuses_text("a: 1\n  b: 2\n", "t.yaml:2:4: mapping values are not allowed");
    refuses_text("a: [1, 2\n", "t.yaml:2:1: did not find expected ',' or ']'");
    refuses_text("a: \"x\\0y\"\n", "t.yaml:1:4: text holds a NUL character");
    refuses_text("a: 1\nb: \xff\n", "t.yaml:2:4: ");
    refuses("a: x\0y\n", 7, "t.yaml:1:5: control characters are not allowed");
}

Test(yaml, refuses_what_grows_without_bound)
{
    struct sb_buf text;

    sb_buf_init(&text, NULL);
    for (int i = 0; i < 70; i++)
        sb_buf_putc(&text, '[');
    refuses_text(sb_buf_str(&text), "t.yaml:1:65: this is nested too deeply");
    sb_buf_reset(&text);
    sb_buf_puts(&text, "- [");
    for (int i = 0; i < 200001; i++)
        sb_buf_puts(&text, "1,");
    refuses_text(sb_buf_str(&text), "t.yaml:1:400000: there are too many values");
    sb_buf_reset(&text);
    for (int i = 0; i < (4 << 20) + 1; i++)
        sb_buf_putc(&text, '#');
    refuses(text.data, text.len, "t.yaml: is larger than 4 MiB");
    talloc_free(text.data);
}

Test(yaml, many_keys_are_checked_for_doubles_quickly)
{
    struct sb_buf text;

    sb_buf_init(&text, NULL);
    for (int i = 0; i < 50000; i++)
        sb_buf_printf(&text, "k%d: 1\n", i);
    sb_buf_puts(&text, "k7: 2\n");
    refuses_text(sb_buf_str(&text), "t.yaml:50001:1: key \"k7\" appears twice");
    talloc_free(text.data);
}

Test(yaml, loads_files_and_says_what_is_wrong)
{
    struct sb_err err = {0};
    struct sb_yaml *root = NULL;
    char path[] = "/tmp/sb-yaml-XXXXXX";
    int fd = mkstemp(path);

    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, "a: 1\n", 5), 5);
    close(fd);
    cr_assert_eq(sb_yaml_load(NULL, path, &root, &err), 0);
    cr_assert_str_eq(sb_yaml_str(sb_yaml_get(root, "a"), ""), "1");
    cr_assert_str_eq(root->file, path);
    drop(root);
    unlink(path);
    cr_assert_eq(sb_yaml_load(NULL, path, &root, &err), SB_ENOTFOUND);
    cr_assert_eq(sb_yaml_load(NULL, "/tmp", &root, &err), SB_EINVAL);
}

static void becomes(const char *yaml, const char *json)
{
    struct sb_yaml *root = parse(yaml);
    json_t *value = sb_yaml_to_json(root);
    char *text = sb_json_text(NULL, value, false);

    cr_assert_str_eq(text, json);
    talloc_free(text);
    json_decref(value);
    drop(root);
}

Test(yaml, plain_scalars_get_types_by_the_core_schema)
{
    becomes("[~, null, '', \"null\", ]", "[null,null,\"\",\"null\"]");
    becomes("[true, False, yes, 'true', on]", "[true,false,\"yes\",\"true\",\"on\"]");
    becomes("[1, -2, +3, 0x1F, 0o17, 007, 1_000]", "[1,-2,3,31,15,7,\"1_000\"]");
    becomes("[1.5, .5, 1e3, -2., .inf, 1e999]",
            "[1.5,0.5,1000.0,-2.0,\".inf\",\"1e999\"]");
    becomes("[99999999999999999999, 12:30, 2026-11-21, 1.2.3]",
            "[1e20,\"12:30\",\"2026-11-21\",\"1.2.3\"]");
    becomes("a: !!str 5\nb: |\n  x\n  y\n", "{\"a\":\"5\",\"b\":\"x\\ny\\n\"}");
}

static void survives(const char *json)
{
    struct sb_err err = {0};
    json_t *value = NULL, *back;
    struct sb_yaml *root = NULL;
    char *text;

    cr_assert_eq(sb_json_parse(json, strlen(json), &value, &err), 0, "%s", err.msg);
    text = sb_yaml_dump(NULL, value);
    cr_assert_eq(sb_yaml_parse(NULL, "dump", text, strlen(text), &root, &err), 0,
                 "%s in:\n%s", err.msg, text);
    back = sb_yaml_to_json(root);
    cr_assert(json_equal(value, back), "%s became:\n%s", json, text);
    json_decref(back);
    json_decref(value);
    talloc_free(text);
    drop(root);
}

Test(yaml, dumps_what_it_can_read_back)
{
    survives("{}");
    survives("[]");
    survives("\"\"");
    survives("null");
    survives("{\"a\":{\"b\":[1,2.5,true,null,\"x\"]},\"empty\":{},\"none\":[]}");
    survives("[\"true\",\"null\",\"~\",\"5\",\"1e3\",\"0x1f\",\"\",\" \",\"-\",\"- a\","
             "\"a: b\",\"#c\",\"'q'\",\"\\\"q\\\"\",\"<<\",\"*x\",\"&x\",\"!x\",\"%x\","
             "\"@x\",\"`x\",\"?\",\"[\",\"{\",\"a\\tb\",\"back\\\\slash\"]");
    survives("[\"one\\ntwo\\n\",\"one\\n\\ntwo\",\" lead\\nx\",\"\\nx\",\"x\\n\\n\","
             "\"trail \\nx\",\"caf\\u00e9\\ncr\\u00e8me\",\"\\u0007\",\"\\u2028\","
             "\"\\ud83d\\ude00\",\"\\ufeff\",\"\\u0085\"]");
    survives("{\"multi\\nline\":1,\"true\":2,\"5\":3,\"a: b\":4,\"<<\":5}");
}

Test(yaml, comes_from_json)
{
    struct sb_err err = {0};
    json_t *value = json_pack("{s:s,s:[i]}", "a", "5", "b", 7);
    struct sb_yaml *root = sb_yaml_from_json(NULL, "row 5", value);

    cr_assert(sb_yaml_get(root, "a")->quoted);
    cr_assert(!sb_yaml_get(root, "b")->items[0]->quoted);
    cr_assert_str_eq(sb_yaml_get(root, "b")->items[0]->text, "7");
    sb_yaml_fail(&err, SB_EINVAL, root, "is %s", "wrong");
    cr_assert_str_eq(err.msg, "row 5: is wrong");
    json_decref(value);
    drop(root);
}
