/* SPDX-License-Identifier: Apache-2.0
 *
 * A reply on its way out: sentence by sentence, without marks of citation, and never
 * with a number that no source has.
 */
#include <criterion/criterion.h>
#include <string.h>
#include "talk/run.h"

static TALLOC_CTX *mem;
static struct sb_run *run;
static char out[4096];
static int pieces;

static int on_text(void *arg, const char *text, size_t len)
{
    size_t have = strlen(out);

    (void)arg;
    (void)snprintf(out + have, sizeof(out) - have, "%.*s", (int)len, text);
    pieces++;
    return 0;
}

static struct sb_passage passages[] = {
    {.id = "faq-1",
     .title = "Rates",
     .heading = "",
     .url = "https://example.com/rates",
     .text = "A round is $45. Twilight starts at 3 p.m. every day.",
     .conflict = "",
     .score = 0.8},
    {.id = "page-7", .title = "Cart", .text = "Carts are free.", .score = 0.5}};

static void begin(void)
{
    static const char *const dirs[] = {SB_SRCDIR "/tests/verticals", NULL};
    static const struct sb_turn_sink sink = {.text = on_text};
    static struct sb_agent agent;
    struct sb_err err = {0};

    mem = talloc_new(NULL);
    out[0] = '\0';
    pieces = 0;
    cr_assert_eq(sb_template_load(mem, dirs, "desk", NULL, &agent.tpl, &err), 0, "%s",
                 err.msg);
    run = talloc_zero(mem, struct sb_run);
    run->mem = run;
    run->agent = &agent;
    run->sink = &sink;
    run->message = "how much is it at 4:15 pm?";
    run->urgency = (struct sb_urgency){.rule = "", .say = ""};
    run->found = (struct sb_found){.passages = passages, .count = 2};
    sb_buf_init(&run->tool_texts, run);
    sb_intake_load(run, agent.tpl, "{}", 0, &run->intake);
    sb_reply_init(&run->reply, run);
}
static void end(void)
{
    talloc_free(mem);
}
TestSuite(reply, .init = begin, .fini = end);

static int text(const char *words)
{
    return sb_reply_text(&run->reply, words, strlen(words));
}

static void drip(const char *words)
{
    for (; *words; words++)
        if (sb_reply_text(&run->reply, words, 1))
            return;
}

Test(reply, goes_out_sentence_by_sentence)
{
    cr_expect_eq(text("Good morning."), 0);
    cr_expect_str_eq(out, "");
    cr_expect_eq(text(" A round is $45. And"), 0);
    cr_expect_str_eq(out, "Good morning. A round is $45. ");
    sb_reply_flush(&run->reply);
    cr_expect_str_eq(out, "Good morning. A round is $45. And");
    cr_expect_str_eq(sb_buf_str(&run->reply.out), out);
}

Test(reply, does_not_depend_on_how_it_is_cut)
{
    static const char words[] = "A round is $45. Twilight starts at 3 p.m. every day! "
                                "Do you\nwant one?";

    drip(words);
    sb_reply_flush(&run->reply);
    cr_expect_str_eq(out, words);
    cr_expect_not(run->reply.refused);
}

Test(reply, replaces_what_no_source_has_and_stops_there)
{
    drip("Good morning. It is $54. It is $45.");
    sb_reply_flush(&run->reply);
    cr_expect(run->reply.refused);
    cr_expect(strncmp(out, "Good morning. I don't want to give you a wrong", 40) == 0);
    cr_expect_null(strstr(out, "$"));
    cr_expect_neq(text("More."), 0);
}

Test(reply, a_number_is_not_let_out_in_halves)
{
    (void)text("It is $4");
    cr_expect_str_eq(out, "");
    (void)text("5.");
    sb_reply_flush(&run->reply);
    cr_expect_str_eq(out, "It is $45.");
}

Test(reply, marks_of_citation_are_taken_out_and_kept)
{
    struct sb_turn_out result = {0};

    drip("A round is $45 [[p1]]. Carts are free. [[p2]] See you [[nonsense]]!");
    sb_reply_flush(&run->reply);
    cr_expect_str_eq(out, "A round is $45. Carts are free. See you!");
    (void)sb_reply_sources(&run->reply, &result);
    cr_assert_eq(result.source_count, 2);
    cr_expect_str_eq(result.sources[0].title, "Rates");
    cr_expect_str_eq(result.sources[0].url, "https://example.com/rates");
    cr_expect_str_eq(result.sources[1].url, "");
}

Test(reply, a_passage_is_cited_once_and_unknown_ones_never)
{
    struct sb_turn_out result = {0};

    sb_reply_cite(&run->reply, "page-7");
    sb_reply_cite(&run->reply, "page-7");
    sb_reply_cite(&run->reply, "page-8");
    cr_expect_str_eq(sb_reply_sources(&run->reply, &result),
                     "[{\"title\":\"Cart\",\"url\":\"\",\"score\":0.5}]");
}

Test(reply, what_the_rules_said_is_not_said_twice)
{
    run->urgency.say = "Please leave the building. I'm alerting our staff.";
    sb_reply_own(&run->reply, run->urgency.say);
    drip("Please leave the building. I'm alerting our staff. Where are you?");
    sb_reply_flush(&run->reply);
    cr_expect_str_eq(out,
                     "Please leave the building. I'm alerting our staff. Where are "
                     "you?");
}

Test(reply, results_of_tools_are_sources)
{
    sb_buf_puts(&run->tool_texts, "{\"text\":\"Monday: 9 am to 5 pm\"}");
    drip("On Monday we are open from 9 am to 5 pm.");
    sb_reply_flush(&run->reply);
    cr_expect_not(run->reply.refused);
}

Test(reply, an_endless_reply_is_cut_off)
{
    char line[101];
    int i;

    memset(line, 'a', 99);
    line[98] = '.';
    line[99] = ' ';
    line[100] = '\0';
    for (i = 0; i < 1000 && !text(line); i++)
        ;
    cr_expect_lt(i, 1000);
    cr_expect_leq(run->reply.out.len, SB_RUN_REPLY);
}
