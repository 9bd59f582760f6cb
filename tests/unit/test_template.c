/* SPDX-License-Identifier: Apache-2.0
 *
 * Templates: the shipped ones load, overrides merge, mistakes are named with their
 * place, rules match whole words, placeholders are filled.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/text.h"
#include "base/yaml.h"
#include "host/template.h"
#include "host/template_rows.h"

static TALLOC_CTX *mem;
static const char *const shipped[] = {SB_SRCDIR "/verticals", NULL};

static void setup(void)
{
    mem = talloc_new(NULL);
}

static void teardown(void)
{
    talloc_free(mem);
}

TestSuite(template, .init = setup, .fini = teardown);

static const struct sb_template *load(const char *name, const char *overrides)
{
    const struct sb_template *tpl = NULL;
    json_t *json = overrides ? json_loads(overrides, 0, NULL) : NULL;
    struct sb_err err = {0};
    int rc = sb_template_load(mem, shipped, name, json, &tpl, &err);

    json_decref(json);
    cr_assert_eq(rc, 0, "%s", err.msg);
    return tpl;
}

/* Loads a template of this text; returns the code, and the error in `err`. */
static int load_text(const char *text, const struct sb_template **tpl,
                     struct sb_err *err)
{
    char dir[] = "/tmp/sb-template-XXXXXX";
    const char *dirs[] = {dir, NULL};
    char *path;
    FILE *file;
    int rc;

    cr_assert_not_null(mkdtemp(dir));
    path = talloc_asprintf(mem, "%s/x", dir);
    mkdir(path, 0700);
    path = talloc_asprintf(mem, "%s/x/x.yaml", dir);
    file = fopen(path, "w");
    fputs(text, file);
    fclose(file);
    rc = sb_template_load(mem, dirs, "x", NULL, tpl, err);
    unlink(path);
    rmdir(talloc_asprintf(mem, "%s/x", dir));
    rmdir(dir);
    return rc;
}

Test(template, every_shipped_one_loads)
{
    const char *const *names = sb_template_list(mem, shipped);
    size_t i, n = 0;

    for (i = 0; names[i]; i++, n++) {
        const struct sb_template *tpl = load(names[i], NULL);

        cr_assert_str_eq(tpl->name, names[i]);
        cr_assert_gt(tpl->field_count, 3);
        cr_assert_gt(tpl->urgency_count, 0);
        cr_assert(*sb_template_phrase(tpl, "greeting.closed"));
        cr_assert(*sb_template_phrase(tpl, "unknown"));
    }
    cr_assert_geq(n, 3);
}

Test(template, urgency_is_sorted_highest_first)
{
    const struct sb_template *tpl = load("home_services", NULL);
    size_t i;

    for (i = 1; i < tpl->urgency_count; i++)
        cr_assert_geq(tpl->urgency[i - 1].level, tpl->urgency[i].level);
}

static const char *urgency_of(const struct sb_template *tpl, const char *message)
{
    const struct sb_template_rule *rule =
        sb_template_match(tpl->urgency, tpl->urgency_count, sb_text_fold(mem, message));

    return rule ? rule->name : "";
}

Test(template, home_services_rules_know_danger_from_a_question)
{
    const struct sb_template *tpl = load("home_services", NULL);

    cr_assert_str_eq(urgency_of(tpl, "I smell gas in my kitchen"), "gas");
    cr_assert_str_eq(urgency_of(tpl, "There's a strong gas smell, help"), "gas");
    cr_assert_str_eq(urgency_of(tpl, "our CO alarm is going off"), "carbon_monoxide");
    cr_assert_str_eq(
        urgency_of(tpl, "The basement is flooding!! how much will it cost"),
        "flooding");
    cr_assert_str_eq(urgency_of(tpl, "a pipe burst upstairs"), "flooding");
    cr_assert_str_eq(urgency_of(tpl, "the outlet has a burning smell"),
                     "electrical_danger");
    cr_assert_str_eq(urgency_of(tpl, "Raw sewage in the tub"), "sewage");
    cr_assert_str_eq(urgency_of(tpl, "no heat, it's freezing in here"),
                     "no_heat_freezing");
    cr_assert_str_eq(urgency_of(tpl, "What should I do if I smell gas?"), "");
    cr_assert_str_eq(urgency_of(tpl, "how much to fix a burst pipe?"), "");
    cr_assert_str_eq(urgency_of(tpl, "do you install carbon monoxide detectors"), "");
    cr_assert_str_eq(urgency_of(tpl, "What are your rates?"), "");
    cr_assert_str_eq(urgency_of(tpl, "My kitchen faucet drips"), "");
}

Test(template, golf_rules_know_injury_from_a_bad_score)
{
    const struct sb_template *tpl = load("golf", NULL);

    cr_assert_str_eq(urgency_of(tpl, "my friend is hurt on hole 7"), "injury");
    cr_assert_str_eq(urgency_of(tpl, "someone got hit by a golf ball"), "injury");
    cr_assert_str_eq(urgency_of(tpl, "There is lightning over the 9th"), "lightning");
    cr_assert_str_eq(urgency_of(tpl, "What is your lightning policy?"), "");
    cr_assert_str_eq(urgency_of(tpl, "that round hurt my score"), "");
    cr_assert_str_eq(urgency_of(tpl, "tee time for 4 please"), "");
}

Test(template, overrides_merge_by_name_and_replace_lists)
{
    const struct sb_template *tpl =
        load("golf", "{\"phrases\":{\"bye\":\"So long.\"},"
                     "\"quick_prompts\":[\"One\"],"
                     "\"fields\":[{\"name\":\"phone\",\"required\":false},"
                     "{\"name\":\"holes\",\"remove\":true},"
                     "{\"name\":\"shoe\",\"label\":\"shoe size\",\"ask\":\"Size?\"}]}");
    const struct sb_template *plain = load("golf", NULL);
    size_t i;

    cr_assert_str_eq(sb_template_phrase(tpl, "bye"), "So long.");
    cr_assert_str_eq(tpl->quick_prompts[0], "One");
    cr_assert_null(tpl->quick_prompts[1]);
    cr_assert_eq(tpl->field_count, plain->field_count);
    cr_assert_str_eq(tpl->fields[tpl->field_count - 1].name, "shoe");
    for (i = 0; i < tpl->field_count; i++) {
        cr_assert_str_neq(tpl->fields[i].name, "holes");
        if (strcmp(tpl->fields[i].name, "phone") == 0) {
            cr_assert_not(tpl->fields[i].required);
            cr_assert_eq(tpl->fields[i].kind, SB_FIELD_PHONE);
        }
    }
}

Test(template, phrase_lists_become_wordings)
{
    const struct sb_template *tpl = load("golf", NULL);

    cr_assert(*sb_template_phrase(tpl, "unknown"));
    cr_assert(*sb_template_phrase(tpl, "unknown.2"));
    cr_assert_str_neq(sb_template_phrase(tpl, "unknown"),
                      sb_template_phrase(tpl, "unknown.2"));
    cr_assert_str_eq(sb_template_phrase(tpl, "no such phrase"), "");
}

Test(template, names_what_is_wrong_and_where)
{
    static const struct {
        const char *text, *expected;
    } rows[] = {
        {"name: x\nlabel: X\nquick_promts: [a]\n", "quick_prompts"},
        {"name: x\nlabel: X\nfields:\n  - {name: a, label: A, ask: A, knd: text}\n",
         ":4:"},
        {"name: x\nlabel: X\nfields:\n  - {name: a, label: A, ask: A, kind: phon}\n",
         "kind"},
        {"name: x\nlabel: X\nfields:\n  - {name: a, label: A, ask: A, kind: choice}\n",
         "choices"},
        {"name: x\nlabel: X\nphrases: {bye: \"Bye, {bussiness}\"}\n", "{business}"},
        {"name: x\nlabel: X\nurgency:\n  - {name: a, any: [b], level: 9}\n", "level"},
        {"name: x\nlabel: X\nscoring:\n  - {name: a, points: 5, field: nope}\n",
         "nope"},
        {"name: x\nlabel: X\nfields:\n"
         "  - {name: a, label: A, ask: A}\n  - {name: a, label: A, ask: A}\n",
         "two fields"},
        {"name: x\nlabel: X\nfields:\n  - {name: a, label: A, ask: A, only_if: b=1}\n",
         "only_if"},
        {"name: y\nlabel: X\n", "'y'"},
        {"- a\n", "map"},
        {"name: x\n", "label"},
    };
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct sb_template *tpl = NULL;
        struct sb_err err = {0};

        cr_assert_lt(load_text(rows[i].text, &tpl, &err), 0, "row %zu loaded", i);
        cr_assert_null(tpl);
        cr_assert_not_null(strstr(err.msg, rows[i].expected), "row %zu: %s", i,
                           err.msg);
        cr_assert_not_null(strstr(err.msg, "x.yaml:"), "row %zu: %s", i, err.msg);
    }
}

Test(template, suggests_the_nearest_vertical_and_refuses_paths)
{
    const struct sb_template *tpl = NULL;
    struct sb_err err = {0};

    cr_assert_eq(sb_template_load(mem, shipped, "gofl", NULL, &tpl, &err),
                 SB_ENOTFOUND);
    cr_assert_not_null(strstr(err.msg, "'golf'"), "%s", err.msg);
    cr_assert_eq(sb_template_load(mem, shipped, "../golf", NULL, &tpl, &err),
                 SB_ENOTFOUND);
}

Test(template, matches_whole_words_and_prefixes)
{
    cr_assert(sb_template_phrase_in("my pipe is leaking", "leak*"));
    cr_assert_not(sb_template_phrase_in("a bleak day", "leak*"));
    cr_assert(sb_template_phrase_in("it's burst-pipe time", "burst pipe"));
    cr_assert(sb_template_phrase_in("i cant breathe", "can't breathe"));
    cr_assert(sb_template_phrase_in("i can't breathe", "cant breathe"));
    cr_assert_not(sb_template_phrase_in("gas station", "gas stat"));
    cr_assert(sb_template_phrase_in("pipes are frozen", "pipe* are frozen"));
    cr_assert_not(sb_template_phrase_in("anything", ""));
}

Test(template, fills_placeholders_and_drops_empty_parts)
{
    const char *const pairs[] = {"business", "Fox Hollow", "phone", "",
                                 "name",     "Dave",       NULL};

    cr_assert_str_eq(sb_template_fill(mem, "At {business}, {nope}{name}.", pairs),
                     "At Fox Hollow, Dave.");
    cr_assert_str_eq(sb_template_fill(mem, "Call us[ on {phone}] [, {name}].", pairs),
                     "Call us , Dave.");
    cr_assert_str_eq(sb_template_fill(mem, "[as is] {Not} {", pairs),
                     "[as is] {Not} {");
}

static char *read_guide(void)
{
    FILE *file = fopen(SB_SRCDIR "/docs/vertical-guide.md", "r");
    char *text = talloc_zero_size(mem, 100000);

    cr_assert_not_null(file);
    cr_assert_gt(fread(text, 1, 99999, file), 1000);
    fclose(file);
    return text;
}

Test(template, every_key_is_in_the_guide)
{
    static const char *const sections[] = {
        "", "fields", "faqs", "urgency", "out_of_scope", "scoring", "services"};
    const char *guide = read_guide();
    size_t i, j;

    for (i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
        const struct sb_option *rows = sb_template_rows(sections[i]);

        for (j = 0; rows[j].name; j++)
            cr_expect_not_null(
                strstr(guide, talloc_asprintf(mem, "`%s`", rows[j].name)),
                "the guide lacks `%s`", rows[j].name);
    }
    for (i = 0; sb_template_placeholders[i]; i++)
        cr_expect_not_null(
            strstr(guide, talloc_asprintf(mem, "`{%s}`", sb_template_placeholders[i])),
            "the guide lacks {%s}", sb_template_placeholders[i]);
}
