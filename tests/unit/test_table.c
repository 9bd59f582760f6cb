/* SPDX-License-Identifier: Apache-2.0
 *
 * The row binder: types, presets, ranges, refusals with place and nearest name,
 * secrets, and rows of another age.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/table.h"

struct conf {
    const char *base_url, *mode, *api_key;
    int64_t tokens, timeout, room;
    double ratio;
    bool stream;
    const char **models;
};

static const struct sb_option rows[] = {
    SB_OPT_STRING(struct conf, base_url, "https://api.example.com", 0, "Where it is"),
    SB_OPT_CHOICE(struct conf, mode, "fast", "fast|slow", 0, "How"),
    SB_OPT_STRING(struct conf, api_key, NULL, SB_OPTION_SECRET, "The key"),
    SB_OPT_INT(struct conf, tokens, "100", 1, 1000, "tokens", 0, "How many"),
    SB_OPT_DURATION(struct conf, timeout, "30s", 100, 600000, 0, "How long"),
    SB_OPT_SIZE(struct conf, room, "64k", 0, 1e9, 0, "How much"),
    SB_OPT_NUMBER(struct conf, ratio, "0.5", 0, 1, NULL, 0, "Which part"),
    SB_OPT_BOOL(struct conf, stream, "true", 0, "As it comes"),
    SB_OPT_LIST(struct conf, models, "a, b", 0, "Which | ones"),
    SB_OPT_END,
};

static int bind(TALLOC_CTX *mem, const char *text, struct conf *conf,
                struct sb_err *err)
{
    struct sb_yaml *root = NULL;

    memset(conf, 0, sizeof(*conf));
    cr_assert_eq(sb_yaml_parse(mem, "t.yaml", text, strlen(text), &root, err), 0, "%s",
                 err->msg);
    return sb_table_bind(mem, SB_TABLE(rows), root, NULL, conf, sizeof(*conf), err);
}

Test(table, presets_fill_what_is_absent)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_err err = {0};
    struct conf conf = {0};

    cr_assert_eq(
        sb_table_bind(mem, SB_TABLE(rows), NULL, NULL, &conf, sizeof(conf), &err), 0);
    cr_assert_str_eq(conf.base_url, "https://api.example.com");
    cr_assert_str_eq(conf.mode, "fast");
    cr_assert_null(conf.api_key);
    cr_assert_eq(conf.tokens, 100);
    cr_assert_eq(conf.timeout, 30000);
    cr_assert_eq(conf.room, 65536);
    cr_assert_float_eq(conf.ratio, 0.5, 1e-9);
    cr_assert(conf.stream);
    cr_assert_str_eq(conf.models[0], "a");
    cr_assert_str_eq(conf.models[1], "b");
    cr_assert_null(conf.models[2]);
    cr_assert_eq(bind(mem, "tokens:\nbase_url: ~\n", &conf, &err), 0, "null is absent");
    cr_assert_eq(conf.tokens, 100);
    cr_assert_eq(bind(mem, "# nothing\n", &conf, &err), 0);
    talloc_free(mem);
}

Test(table, values_are_read_by_their_type)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_err err = {0};
    struct conf conf;

    cr_assert_eq(bind(mem,
                      "base_url: 'x'\nmode: slow\ntokens: 7\ntimeout: 1.5m\nroom: 2M\n"
                      "ratio: 0.25\nstream: off\nmodels: [x, '5']\n",
                      &conf, &err),
                 0, "%s", err.msg);
    cr_assert_str_eq(conf.base_url, "x");
    cr_assert_str_eq(conf.mode, "slow");
    cr_assert_eq(conf.tokens, 7);
    cr_assert_eq(conf.timeout, 90000);
    cr_assert_eq(conf.room, 2 << 20);
    cr_assert_float_eq(conf.ratio, 0.25, 1e-9);
    cr_assert(!conf.stream);
    cr_assert_str_eq(conf.models[1], "5");
    cr_assert_eq(bind(mem, "models: one\n", &conf, &err), 0);
    cr_assert_str_eq(conf.models[0], "one");
    cr_assert_null(conf.models[1]);
    talloc_free(mem);
}

static void refuses(const char *text, const char *want)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_err err = {0};
    struct conf conf;

    cr_assert_eq(bind(mem, text, &conf, &err), SB_EINVAL, "%s", text);
    cr_assert_str_eq(err.msg, want);
    talloc_free(mem);
}

Test(table, refusals_name_place_and_remedy)
{
    refuses("tokens: 5\ntiemout: 30s\n",
            "t.yaml:2:1: unknown key \"tiemout\"; did you mean \"timeout\"?");
    refuses("wholly: 1\n", "t.yaml:1:1: unknown key \"wholly\"");
    refuses("tokens: many\n", "t.yaml:1:9: tokens must be a whole number");
    refuses("tokens: 1.5\n", "t.yaml:1:9: tokens must be a whole number");
    refuses("tokens: 99999999999999999999\n",
            "t.yaml:1:9: tokens must be a whole number");
    refuses("tokens: 1001\n", "t.yaml:1:9: tokens must be 1 to 1000 tokens");
    refuses("timeout: 30\n",
            "t.yaml:1:10: timeout must be a time with its unit, such as "
            "250ms, 30s, 5m or 2h");
    refuses("timeout: 1h\n", "t.yaml:1:10: timeout must be 100ms to 10m");
    refuses("room: lots\n", "t.yaml:1:7: room must be a size, such as 64k, 5m or 1g");
    refuses("ratio: nan\n", "t.yaml:1:8: ratio must be a number");
    refuses("ratio: 0x1\n", "t.yaml:1:8: ratio must be a number");
    refuses("ratio: 2\n", "t.yaml:1:8: ratio must be 0 to 1");
    refuses("stream: maybe\n", "t.yaml:1:9: stream must be true or false");
    refuses("mode: quick\n", "t.yaml:1:7: mode must be one of fast|slow");
    refuses("models:\n  - [1]\n", "t.yaml:2:5: models must be a list of texts");
    refuses("base_url: [1]\n",
            "t.yaml:1:11: base_url must be a single value, not a list");
    refuses("- 1\n", "t.yaml:1:1: this must be a section of keys");
    refuses("base_url: ${HOME}\n",
            "t.yaml:1:11: base_url is not a secret: only secrets "
            "may be ${VARIABLES}");
}

Test(table, leaves_the_keys_of_others)
{
    static const char *const others[] = {"agents", NULL};
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_err err = {0};
    struct conf conf = {0};
    struct sb_yaml *root = NULL;
    const char *text = "agents: [x]\ntokens: 3\n";

    cr_assert_eq(sb_yaml_parse(mem, "t.yaml", text, strlen(text), &root, &err), 0);
    cr_assert_eq(
        sb_table_bind(mem, SB_TABLE(rows), root, others, &conf, sizeof(conf), &err), 0);
    cr_assert_eq(conf.tokens, 3);
    talloc_free(mem);
}

Test(table, required_keys_are_missed)
{
    static const struct sb_option strict[] = {
        SB_OPT_STRING(struct conf, base_url, NULL, SB_OPTION_REQUIRED, ""), SB_OPT_END};
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_err err = {0};
    struct conf conf = {0};

    cr_assert_eq(
        sb_table_bind(mem, SB_TABLE(strict), NULL, NULL, &conf, sizeof(conf), &err),
        SB_EINVAL);
    cr_assert_str_eq(err.msg, "base_url is missing");
    talloc_free(mem);
}

Test(table, secrets_come_from_environment_and_files)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_err err = {0};
    struct conf conf;
    char path[] = "/tmp/sb-secret-XXXXXX", text[100];
    int fd = mkstemp(path);

    setenv("SB_TEST_KEY", "from-env", 1);
    cr_assert_eq(bind(mem, "api_key: ${SB_TEST_KEY}\n", &conf, &err), 0);
    cr_assert_str_eq(conf.api_key, "from-env");
    cr_assert_eq(bind(mem, "api_key: ${SB_TEST_UNSET}\n", &conf, &err), 0);
    cr_assert_str_eq(conf.api_key, "");
    cr_assert_eq(bind(mem, "api_key: plain\n", &conf, &err), 0);
    cr_assert_str_eq(conf.api_key, "plain");
    cr_assert_eq(write(fd, "from-file\n", 10), 10);
    close(fd);
    (void)snprintf(text, sizeof(text), "api_key: file:%s\n", path);
    cr_assert_eq(bind(mem, text, &conf, &err), 0, "%s", err.msg);
    cr_assert_str_eq(conf.api_key, "from-file");
    unlink(path);
    cr_assert_eq(bind(mem, text, &conf, &err), SB_EINVAL);
    cr_assert(
        strstr(err.msg, "t.yaml:1:10: api_key cannot be read from /tmp/sb-secret"),
        "%s", err.msg);
    talloc_free(mem);
}

Test(table, sets_one_member_from_text)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_err err = {0};
    struct conf conf = {0};
    struct sb_table table = SB_TABLE(rows);

    cr_assert_eq(
        sb_table_set(mem, table, "models", "x,y , z", &conf, sizeof(conf), &err), 0);
    cr_assert_str_eq(conf.models[2], "z");
    cr_assert_eq(sb_table_set(mem, table, "modles", "x", &conf, sizeof(conf), &err),
                 SB_EINVAL);
    cr_assert_str_eq(err.msg, "unknown option \"modles\"; did you mean \"models\"?");
    cr_assert_eq(sb_table_set(mem, table, "tokens", "0", &conf, sizeof(conf), &err),
                 SB_EINVAL);
    cr_assert_str_eq(err.msg, "tokens must be 1 to 1000 tokens");
    talloc_free(mem);
}

/* Rows of a younger maker are longer than ours, those of a broken one point outside. */
Test(table, rows_of_another_age)
{
    struct young {
        struct sb_option row;
        const char *more;
    };
    static const struct young young[] = {
        {SB_OPT_INT(struct conf, tokens, "5", 0, 10, NULL, 0, ""), "new"},
        {SB_OPT_STRING(struct conf, mode, "x", 0, ""), "new"},
        {SB_OPT_END, NULL}};
    struct sb_option broken[] = {
        SB_OPT_INT(struct conf, tokens, "5", 0, 10, NULL, 0, ""), SB_OPT_END};
    struct sb_table table = {&young[0].row, sizeof(struct young)};
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_err err = {0};
    struct conf conf = {0};

    cr_assert_eq(sb_table_bind(mem, table, NULL, NULL, &conf, sizeof(conf), &err), 0);
    cr_assert_eq(conf.tokens, 5);
    cr_assert_str_eq(conf.mode, "x");
    broken[0].offset = sizeof(conf) - 4;
    cr_assert_eq(
        sb_table_bind(mem, SB_TABLE(broken), NULL, NULL, &conf, sizeof(conf), &err),
        SB_EINVAL);
    broken[0].offset = SIZE_MAX - 3;
    cr_assert_eq(
        sb_table_bind(mem, SB_TABLE(broken), NULL, NULL, &conf, sizeof(conf), &err),
        SB_EINVAL);
    cr_assert_str_eq(err.msg, "option \"tokens\" does not fit its struct");
    talloc_free(mem);
}

Test(table, shows_values_but_no_secrets)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_err err = {0};
    struct conf conf;
    struct sb_buf out;

    sb_buf_init(&out, mem);
    cr_assert_eq(bind(mem, "api_key: hush\nmode: slow\nbase_url: 'a b'\n", &conf, &err),
                 0);
    sb_table_show(SB_TABLE(rows), &conf, "  ", &out);
    cr_assert_str_eq(sb_buf_str(&out), "  base_url: \"a b\"\n"
                                       "  mode: slow\n"
                                       "  api_key: (set)\n"
                                       "  tokens: 100\n"
                                       "  timeout: 30s\n"
                                       "  room: 64k\n"
                                       "  ratio: 0.5\n"
                                       "  stream: true\n"
                                       "  models: [a, b]\n");
    talloc_free(mem);
}

Test(table, its_example_is_valid_when_uncommented)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_err err = {0};
    struct conf conf;
    struct sb_buf out, bare;
    char *line, *save = NULL;

    sb_buf_init(&out, mem);
    sb_buf_init(&bare, mem);
    sb_table_example(SB_TABLE(rows), "", &out);
    cr_assert(strstr(out.data, "# How long (100ms to 10m)\n#timeout: 30s\n"), "%s",
              out.data);
    for (line = strtok_r(out.data, "\n", &save); line;
         line = strtok_r(NULL, "\n", &save))
        if (strncmp(line, "# ", 2) != 0)
            sb_buf_printf(&bare, "%s\n", line + (*line == '#'));
    cr_assert_eq(bind(mem, sb_buf_str(&bare), &conf, &err), 0, "%s", err.msg);
    cr_assert_eq(conf.timeout, 30000);
    talloc_free(mem);
}

Test(table, writes_a_reference_table)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_buf out;

    sb_buf_init(&out, mem);
    sb_table_markdown(SB_TABLE(rows), &out);
    cr_assert(
        strstr(out.data, "| `tokens` | whole number: 1 to 1000 tokens | `100` |"));
    cr_assert(strstr(out.data, "| `mode` | choice: fast, slow | `fast` | How |"));
    cr_assert(strstr(out.data, "| `api_key` | text |  | The key (secret) |"));
    cr_assert(strstr(out.data, "Which \\| ones"));
    talloc_free(mem);
}
