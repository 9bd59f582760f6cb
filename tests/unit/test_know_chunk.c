/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <string.h>
#include "know/chunk.h"
#include "know/extract.h"

static struct sb_block block(enum sb_block_kind kind, const char *heading,
                             const char *text)
{
    return (struct sb_block){
        .kind = kind, .heading = heading, .columns = "", .text = text};
}

static size_t chunk(TALLOC_CTX *mem, struct sb_block *blocks, size_t count,
                    struct sb_chunk **chunks)
{
    struct sb_extract page = {.blocks = blocks, .block_count = count};

    return sb_chunk_page(mem, &page, NULL, chunks);
}

static char *sentences(TALLOC_CTX *mem, int count)
{
    char *out = talloc_strdup(mem, "");

    for (int i = 0; i < count; i++)
        out = talloc_asprintf_append(out, "%sSentence number %d speaks of one thing.",
                                     i ? " " : "", i);
    return out;
}

Test(chunk, sections_keep_their_heading_path)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_chunk *chunks;
    struct sb_block blocks[] = {
        block(SB_BLOCK_HEADING, "", "Rates"),
        block(SB_BLOCK_PARAGRAPH, "Rates > Weekday", sentences(mem, 20)),
        block(SB_BLOCK_PARAGRAPH, "Rates > Weekend", sentences(mem, 20)),
    };

    cr_assert_eq(chunk(mem, blocks, 3, &chunks), 2);
    cr_assert_str_eq(chunks[0].heading, "Rates > Weekday");
    cr_assert_str_eq(chunks[1].heading, "Rates > Weekend");
    cr_assert_neq(memcmp(chunks[0].hash, chunks[1].hash, 32), 0);
    talloc_free(mem);
}

Test(chunk, small_sections_are_joined_under_what_they_share)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_chunk *chunks;
    struct sb_block blocks[] = {
        block(SB_BLOCK_PARAGRAPH, "Rates > Weekday", "Eighteen holes are $45."),
        block(SB_BLOCK_PARAGRAPH, "Rates > Weekend", "Eighteen holes are $65."),
    };

    cr_assert_eq(chunk(mem, blocks, 2, &chunks), 1);
    cr_assert_str_eq(chunks[0].heading, "Rates");
    cr_assert_str_eq(chunks[0].text, "Weekday\nEighteen holes are $45.\nWeekend\n"
                                     "Eighteen holes are $65.");
    talloc_free(mem);
}

Test(chunk, a_long_section_is_cut_between_sentences_with_overlap)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_chunk *chunks;
    struct sb_block blocks[60];
    size_t count;

    for (int i = 0; i < 60; i++)
        blocks[i] =
            block(SB_BLOCK_PARAGRAPH, "Long",
                  talloc_asprintf(mem, "Paragraph %d. %s", i, sentences(mem, 3)));
    count = chunk(mem, blocks, 60, &chunks);
    cr_assert_geq(count, 3);
    for (size_t i = 0; i < count; i++) {
        int tokens = sb_chunk_tokens(chunks[i].text, strlen(chunks[i].text));
        const char *last = strrchr(chunks[i].text, '\n');

        cr_assert_leq(tokens, 500);
        cr_assert_str_eq(chunks[i].heading, "Long");
        if (i + 1 < count)
            cr_assert_eq(strncmp(chunks[i + 1].text, last + 1, strlen(last + 1)), 0,
                         "the last paragraph begins the next chunk");
    }
    talloc_free(mem);
}

Test(chunk, nothing_of_a_giant_paragraph_is_lost)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_chunk *chunks;
    struct sb_block blocks[] = {block(SB_BLOCK_PARAGRAPH, "", sentences(mem, 400))};
    size_t count = chunk(mem, blocks, 1, &chunks);

    for (int i = 0; i < 400; i++) {
        char *needle =
            talloc_asprintf(mem, "Sentence number %d speaks of one thing.", i);
        bool found = false;

        for (size_t j = 0; j < count && !found; j++)
            found = strstr(chunks[j].text, needle) != NULL;
        cr_assert(found, "%s", needle);
    }
    talloc_free(mem);
}

Test(chunk, text_without_spaces_ends)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_chunk *chunks;
    char *text = talloc_array(mem, char, 50001);

    memset(text, 'x', 50000);
    text[50000] = '\0';
    struct sb_block blocks[] = {block(SB_BLOCK_PARAGRAPH, "", text)};
    cr_assert_geq(chunk(mem, blocks, 1, &chunks), 10);
    talloc_free(mem);
}

Test(chunk, table_rows_say_their_columns)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_chunk *chunks;
    struct sb_block rows[] = {block(SB_BLOCK_ROW, "Rates", "Weekday | $45 | $28"),
                              block(SB_BLOCK_ROW, "Rates", "Weekend | $65 | ")};

    rows[0].columns = rows[1].columns = "Day | 18 holes | 9 holes";
    cr_assert_eq(chunk(mem, rows, 2, &chunks), 1);
    cr_assert_str_eq(chunks[0].text,
                     "Weekday: 18 holes $45; 9 holes $28\nWeekend: 18 holes $65");
    talloc_free(mem);
}

Test(chunk, a_question_with_its_answer_stands_alone)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_chunk *chunks;
    struct sb_block blocks[] = {
        block(SB_BLOCK_PARAGRAPH, "FAQ", "We are asked this every day."),
        block(SB_BLOCK_ASKED, "FAQ", "Do you rent clubs?\nYes, for $30 a set."),
    };

    cr_assert_eq(chunk(mem, blocks, 2, &chunks), 2);
    cr_assert(chunks[0].asked);
    cr_assert_str_eq(chunks[0].heading, "Do you rent clubs?");
    cr_assert_str_eq(chunks[0].text, "Yes, for $30 a set.");
    talloc_free(mem);
}

Test(chunk, boilerplate_and_bare_headings_make_no_chunk)
{
    TALLOC_CTX *mem = talloc_new(NULL);
    struct sb_chunk *chunks;
    struct sb_block blocks[] = {
        block(SB_BLOCK_HEADING, "", "Welcome"),
        block(SB_BLOCK_PARAGRAPH, "Welcome", "Book your tee time now!"),
    };

    blocks[1].boilerplate = true;
    cr_assert_eq(chunk(mem, blocks, 2, &chunks), 0);
    talloc_free(mem);
}
