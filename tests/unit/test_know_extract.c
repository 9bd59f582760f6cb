/* SPDX-License-Identifier: Apache-2.0
 *
 * Documents to blocks: structure, boilerplate, charsets, broken and hostile markup.
 */
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>
#include "know/extract.h"
#include "know/facts.h"

static TALLOC_CTX *mem;

static void setup(void)
{
    mem = talloc_new(NULL);
}

static void teardown(void)
{
    talloc_free(mem);
}

TestSuite(extract, .init = setup, .fini = teardown);

static struct sb_extract *extract(const char *type, const void *body, size_t len)
{
    struct sb_extract *page = NULL;
    struct sb_err err = {0};

    cr_assert_eq(
        sb_extract(mem, "https://e.com/dir/page", type, body, len, NULL, &page, &err),
        0, "%s", err.msg);
    return page;
}

static struct sb_extract *html(const char *body)
{
    return extract("text/html; charset=utf-8", body, strlen(body));
}

/* All blocks as lines "kind|heading|columns|text". */
static char *shown(const struct sb_extract *page)
{
    static const char kinds[] = "?hpirtq=";
    char *text = talloc_strdup(mem, "");

    for (size_t i = 0; i < page->block_count; i++)
        text = talloc_asprintf_append(
            text, "%c|%s|%s|%s\n", kinds[page->blocks[i].kind], page->blocks[i].heading,
            page->blocks[i].columns, page->blocks[i].text);
    return text;
}

static void shows(const char *body, const char *expected)
{
    char *got = shown(html(body));

    cr_assert_str_eq(got, expected);
}

Test(extract, headings_make_paths)
{
    shows(
        "<h1>Golf rates</h1><p>Intro.</p><h2>Weekend</h2><p>Busy.</p><h3>Twilight</h3>"
        "<p>Late.</p><h2>Carts</h2><p>Yes.</p>",
        "h|||Golf rates\np|||Intro.\nh|||Weekend\np|Weekend||Busy.\n"
        "h|Weekend||Twilight\np|Weekend > Twilight||Late.\nh|Weekend > "
        "Twilight||Carts\n"
        "p|Carts||Yes.\n");
}

Test(extract, cards_keep_their_headings_to_themselves)
{
    shows(
        "<div><div><h3>Play</h3><p>Tees.</p></div><div><h3>Eat</h3><p>Grill.</p></div>"
        "</div><p>News.</p>",
        "h|||Play\np|Play||Tees.\nh|||Eat\np|Eat||Grill.\np|||News.\n");
    shows("<div><h2>Rates</h2></div><div><p>Cheap.</p></div><section><h3>Late</"
          "h3><p>Dark."
          "</p></section><p>End.</p>",
          "h|||Rates\np|Rates||Cheap.\nh|Rates||Late\np|Rates > Late||Dark.\n"
          "p|Rates||End.\n");
}

Test(extract, white_space_entities_and_breaks)
{
    shows("<p>  Tea\n\n&amp;&nbsp;  biscuits&#8212;caf&eacute; </p><p>12 Main "
          "St<br>Springfield"
          "</p>",
          "p|||Tea & biscuits\xe2\x80\x94"
          "caf\xc3\xa9\np|||12 Main St, Springfield\n");
}

Test(extract, text_without_paragraphs_is_not_lost)
{
    shows("<div>One <span>two</span><div>three</div>four</div>",
          "p|||One two\np|||three\np|||four\n");
}

Test(extract, lists_and_nested_lists)
{
    shows("<ul><li>Putter<li>Driver<ul><li>Long</ul></ul>",
          "i|||Putter\ni|||Driver\ni|||Long\n");
}

Test(extract, tables_become_rows_with_columns)
{
    shows("<table><caption>Green fees</caption><tr><th>Day<th>18 holes<th>9 holes"
          "<tr><td>Weekday<td>$45<td>$28<tr><td>Weekend<td>$65<td>-</table>",
          "r|Green fees|Day | 18 holes | 9 holes|Weekday | $45 | $28\n"
          "r|Green fees|Day | 18 holes | 9 holes|Weekend | $65 | -\n");
}

Test(extract, spans_are_filled_in)
{
    shows("<table><tr><th>Season<th>Day<th>Price<tr><td "
          "rowspan=2>Summer<td>Weekday<td>$50"
          "<tr><td>Weekend<td>$70<tr><td colspan=3>Winter "
          "season<tr><td>Winter<td>Any<td>$30"
          "</table>",
          "r||Season | Day | Price|Summer | Weekday | $50\n"
          "r||Season | Day | Price|Summer | Weekend | $70\n"
          "r|Winter season|Season | Day | Price|Winter | Any | $30\n");
}

Test(extract, a_header_over_two_rows_is_joined)
{
    shows("<table><thead><tr><th><th colspan=2>Weekend</tr><tr><th>Who<th>18<th>9</tr>"
          "</thead><tr><td>Adult<td>$70<td>$40</table>",
          "r||Who | Weekend 18 | Weekend 9|Adult | $70 | $40\n");
}

Test(extract, layout_tables_are_only_layout)
{
    shows("<table><tr><td><table><tr><td><p>First.</p><td><p>Second.</p></table><td>"
          "<h2>Right</h2><p>Third.</table>",
          "r|||First. | Second.\nh|||Right\np|Right||Third.\n");
}

Test(extract, definitions_and_details)
{
    shows(
        "<dl><dt>Deposit<dd>$20 a person<dt>Dogs<dt>Cats<dd>No<dd>Never</dl>"
        "<details><summary>Can I cancel?</summary><p>Yes, a day before.</p></details>",
        "t|||Deposit: $20 a person\nt|||Dogs, Cats: No; Never\n"
        "q|||Can I cancel?\nYes, a day before.\n");
}

Test(extract, bold_lines_stand_for_headings)
{
    shows("<p><strong>Dress code</strong></p><p>Collared shirts.</p><p><b>Note:</b> no "
          "jeans.</p><p><b>Only $5.</b></p>",
          "h|||Dress code\np|Dress code||Collared shirts.\np|Dress code||Note: no "
          "jeans.\n"
          "p|Dress code||Only $5.\n");
}

Test(extract, the_frame_is_left_out)
{
    shows("<header><div>Logo</div><nav><a href=/>Home</a></nav></header>"
          "<div class='cookie-banner'>We use "
          "cookies</div><main><h1>Rates</h1><p>Good.</p>"
          "<div role=dialog>Book now!</div></main><aside>News</aside>"
          "<div id=booking-dialog><p>Pick a date</p></div>"
          "<footer>Copyright</footer>",
          "h|||Rates\np|||Good.\n");
}

Test(extract, a_header_with_the_title_is_no_frame)
{
    shows("<header><h1>Lessons</h1><p>Learn with us.</p></header><p>More.</p>",
          "h|||Lessons\np|||Learn with us.\np|||More.\n");
}

Test(extract, names_that_lie_do_not_hide_the_page)
{
    shows(
        "<body class='has-modal'><div class='modal-ready'><p>All the text of this page "
        "is in here.</p></div><p>And a bit.</p>",
        "p|||All the text of this page is in here.\np|||And a bit.\n");
    shows("<div class=menu><h2>Lunch</h2><p>Burger with fries and slaw, $14</p></div>",
          "h|||Lunch\np|Lunch||Burger with fries and slaw, $14\n");
}

Test(extract, hidden_things_are_hidden_but_accordions_open)
{
    shows("<p hidden>No</p><div style='color:red; display: none'>No</div>"
          "<div aria-hidden=true>No</div><div class='faq-answer' "
          "style='display:none'>Yes."
          "</div><template><p>No</p></template><noscript>No</noscript>"
          "<script>document.write('no')</script><style>.no{}</style><p>End</p>",
          "p|||Yes.\np|||End\n");
}

Test(extract, struck_out_prices_are_gone)
{
    shows("<p>Was <s>$60</s> now $45</p><p><del>Old</del></p>", "p|||Was now $45\n");
}

Test(extract, an_empty_main_is_not_believed)
{
    shows("<main></main><div><p>Filled elsewhere.</p></div>",
          "p|||Filled elsewhere.\n");
}

Test(extract, preformatted_lines_stay_lines)
{
    shows("<pre>Mon  8-5\nTue  8-5</pre>", "=|||Mon 8-5\nTue 8-5\n");
}

Test(extract, the_title_is_the_pages_own)
{
    struct sb_extract *page = html(
        "<html lang=en-US><title>Rates | Pine Ridge Golf</title><h1>Our rates</h1>");

    cr_assert_str_eq(page->title, "Rates");
    cr_assert_str_eq(page->full_title, "Rates | Pine Ridge Golf");
    cr_assert_str_eq(page->site_name, "Pine Ridge Golf");
    cr_assert_str_eq(page->language, "en-US");
    page = html("<meta property='og:site_name' content='Pine Ridge'>"
                "<title>Pine Ridge - Lessons</title>");
    cr_assert_str_eq(page->title, "Lessons");
    page = html("<title>Rates - Pine Ridge Golf - Avon CT</title>");
    cr_assert_str_eq(page->site_name, "Pine Ridge Golf");
    cr_assert_str_eq(html("<h1>Only a heading</h1>")->title, "Only a heading");
    cr_assert_str_eq(html("<p>x")->title, "");
}

Test(extract, the_head_is_read)
{
    struct sb_extract *page =
        html("<meta name=description content=' All  about us '><link rel=canonical "
             "href=/a#b>"
             "<meta name=robots content='noindex, NOFOLLOW'>"
             "<meta property='article:modified_time' content='2026-03-04T10:00:00Z'>");

    cr_assert_str_eq(page->description, "All about us");
    cr_assert_str_eq(page->canonical, "https://e.com/a");
    cr_assert_str_eq(page->modified, "2026-03-04");
    cr_assert(page->noindex && page->nofollow);
    page = html("<h1>News</h1><p>May 9, 2025</p><p>Text.</p>");
    cr_assert_str_eq(page->modified, "2025-05-09");
    page = html("<p>Rates effective March 3, 2026.</p>");
    cr_assert_str_eq(page->modified, "2026-03-03");
}

Test(extract, links_are_absolute_and_know_their_place)
{
    struct sb_extract *page =
        html("<nav><a href='/x'>X</a></nav><main><a href='y.html?a=1&amp;b=2#c'>See "
             "<b>y</b></a>"
             "<a rel=nofollow href=//o.com/>o</a><a href='mailto:a@b.c'>m</a>"
             "<a href='javascript:x()'>j</a></main>");

    cr_assert_eq(page->link_count, 3);
    cr_assert_str_eq(page->links[0].url, "https://e.com/x");
    cr_assert(!page->links[0].in_main && page->links[1].in_main);
    cr_assert_str_eq(page->links[1].url, "https://e.com/dir/y.html?a=1&b=2");
    cr_assert_str_eq(page->links[1].text, "See y");
    cr_assert(page->links[2].nofollow);
}

/* ---- charsets ---- */

static void decodes(const char *type, const char *bytes, size_t len,
                    const char *expected, const char *charset)
{
    struct sb_extract *page = extract(type, bytes, len);

    cr_assert_str_eq(page->charset, charset);
    cr_assert_eq(page->block_count, 1);
    cr_assert_str_eq(page->blocks[0].text, expected);
}

#define DECODES(type, bytes, expected, charset)                                        \
    decodes((type), (bytes), sizeof(bytes) - 1, (expected), (charset))

Test(extract, charsets_are_found_as_browsers_find_them)
{
    DECODES("text/html", "<p>caf\xc3\xa9", "caf\xc3\xa9", "utf-8");
    DECODES("text/html", "<p>caf\xe9 \x93x\x94 \x80",
            "caf\xc3\xa9 \xe2\x80\x9cx\xe2\x80\x9d \xe2\x82\xac", "windows-1252");
    DECODES("text/html; charset=ISO-8859-1", "<p>caf\xe9", "caf\xc3\xa9",
            "windows-1252");
    DECODES("text/html; charset=iso-8859-1", "<p>caf\xc3\xa9", "caf\xc3\xa9", "utf-8");
    DECODES("text/html", "<meta charset=windows-1251><p>\xcf\xf0\xe8",
            "\xd0\x9f\xd1\x80\xd0\xb8", "windows-1251");
    DECODES("text/html; charset=\"utf-8\"", "<p>caf\xe9s", "caf\xc3\xa9s",
            "windows-1252");
    DECODES("text/html; charset=no-such", "<p>caf\xc3\xa9", "caf\xc3\xa9", "utf-8");
    DECODES("text/html; charset=windows-1251", "\xef\xbb\xbf<p>caf\xc3\xa9",
            "caf\xc3\xa9", "utf-8");
    DECODES("text/html", "\xff\xfe<\0p\0>\0\xe9\0", "\xc3\xa9", "utf-16le");
    DECODES("text/html; charset=shift_jis", "<p>\x93\xfa\x96\x7b",
            "\xe6\x97\xa5\xe6\x9c\xac", "shift_jis");
}

Test(extract, stray_nuls_vanish)
{
    DECODES("text/html", "<p>Op\0en \0da\0ily</\0p>", "Open daily", "utf-8");
}

Test(extract, broken_bytes_become_replacement_characters)
{
    DECODES("text/html; charset=utf-8", "<p>\xc3\xa9 \xc3\xa9 \xc3( ok",
            "\xc3\xa9 \xc3\xa9 \xef\xbf\xbd( ok", "utf-8");
}

Test(extract, other_types_are_refused)
{
    struct sb_extract *page = NULL;
    struct sb_err err = {0};

    cr_assert_eq(sb_extract(mem, "https://e.com/", "application/pdf", "%PDF", 4, NULL,
                            &page, &err),
                 SB_EINVAL);
    cr_assert_null(page);
    cr_assert_eq(
        sb_extract(mem, "https://e.com/", NULL, "\0\1\0\2\0\3", 6, NULL, &page, &err),
        SB_EINVAL);
}

Test(extract, plain_text_and_markdown)
{
    const char *text =
        "# Rates\n\nWeekday golf\nis cheap.\n\n## Carts\r\n- Two seats\r\n"
        "- Four seats\r\n\n| Day | Price |\n|---|---|\n| Sat | $65 |\n";
    struct sb_extract *page = extract("text/plain", text, strlen(text));

    cr_assert_str_eq(shown(page), "h|||Rates\np|||Weekday golf is cheap.\nh|||Carts\n"
                                  "i|Carts||Two seats\ni|Carts||Four seats\n"
                                  "r|Carts|Day | Price|Sat | $65\n");
    cr_assert_str_eq(page->title, "Rates");
}

/* ---- soft 404 ---- */

Test(extract, pages_that_are_none_are_recognised)
{
    cr_assert(html("<title>Page not found - Golf</title><p>Sorry.")->soft_404);
    cr_assert(html("<h1>404 Not Found</h1><p>Try the menu.")->soft_404);
    cr_assert(html("<p>Sorry, the page you are looking for has moved.")->soft_404);
    cr_assert(!html("<title>Lost and found</title><p>Balls not found in the pond are "
                    "sold. Bring a bucket. We also have rates for weekdays.")
                   ->soft_404);
    cr_assert(!html("<title>Rates</title><h1>Rates</h1><p>$45")->soft_404);
    cr_assert(!sb_extract_is_soft_404(html("<title>Page not found</title>"), 404));
}

/* ---- hostile ---- */

Test(extract, empty_and_broken_documents_give_empty_pages)
{
    static const char *const bodies[] = {
        "",           "<",        "<a",         "</",     "<!--", "<table><td>",
        "<p title='", "<script>", "&#xffffff;", "<title>"};

    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++)
        cr_assert_not_null(html(bodies[i]));
}

static struct sb_extract *repeated(const char *piece, size_t bytes)
{
    size_t len = strlen(piece), count = bytes / len;
    char *text = talloc_size(mem, count * len + 1);

    for (size_t i = 0; i < count; i++)
        memcpy(text + i * len, piece, len);
    text[count * len] = '\0';
    return extract("text/html", text, count * len);
}

Test(extract, deep_nesting_is_cut, .timeout = 60)
{
    static const char *const pieces[] = {"<div>x",
                                         "<b>x",
                                         "<b><i><p>",
                                         "<table><tr><td>",
                                         "<a href=x>",
                                         "<ul><li>",
                                         "<div class=menu>",
                                         "<span>",
                                         "<x-y>",
                                         "<details><summary>?</summary>",
                                         "<dl><dd>",
                                         "<font><p>",
                                         "<button>",
                                         "<h2>",
                                         "<li><b>",
                                         "<object>",
                                         "<form>"};

    for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++)
        cr_assert_not_null(repeated(pieces[i], 300 * 1024));
}

Test(extract, endless_lists_and_attributes_are_linear, .timeout = 60)
{
    static const char *const pieces[] = {
        "Mo,",          "Mon Tue ", "1-",       "$1,",          "a@",       "(1",
        "12 AB 12345 ", "<p>",      "<td>",     "&amp",         "Monday 9", "<!-- -->",
        "<br>",         "</p>",     "<li>8-5 ", "555-555-5555 "};
    struct sb_extract *page;
    char *tag;

    for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++)
        cr_assert_not_null(repeated(pieces[i], 1024 * 1024));
    tag = talloc_strdup(mem, "<p ");
    for (int i = 0; i < 50000; i++)
        tag = talloc_asprintf_append_buffer(tag, "a%d=%d ", i, i);
    page = extract("text/html", tag, strlen(tag));
    cr_assert_not_null(page);
}

Test(extract, limits_are_kept_and_said)
{
    struct sb_extract_limits limits = sb_extract_limits_default;
    const char *body = "<p>One.<p>Two.<p>Three.";
    struct sb_extract *page = NULL;

    limits.max_blocks = 2;
    cr_assert_eq(sb_extract(mem, "https://e.com/", "text/html", body, strlen(body),
                            &limits, &page, NULL),
                 0);
    cr_assert_eq(page->block_count, 2);
    cr_assert(page->truncated);
    limits = sb_extract_limits_default;
    limits.max_input = 8;
    cr_assert_eq(sb_extract(mem, "https://e.com/", "text/html", body, strlen(body),
                            &limits, &page, NULL),
                 0);
    cr_assert(page->truncated && page->block_count == 1);
}

Test(extract, equal_content_has_an_equal_hash)
{
    uint64_t one = html("<title>T</title><p>Open  daily</p>")->content_hash;

    cr_assert_eq(
        one, html("<title>T</title><div><p class=x>Open daily</div>")->content_hash);
    cr_assert_neq(one, html("<title>T</title><p>Open weekdays</p>")->content_hash);
}

/* ---- repetition ---- */

Test(extract, blocks_on_most_pages_are_boilerplate)
{
    struct sb_extract *pages[6];

    for (int i = 0; i < 6; i++)
        pages[i] = html(talloc_asprintf(mem,
                                        "<p>Sign up for our list!</p><p>Call "
                                        "203-555-0100 to book.</p><p>Page %d</p>"
                                        "%s",
                                        i, i < 2 ? "<p>On two pages.</p>" : ""));
    cr_assert_eq(sb_extract_drop_repeats(pages, 6), 11);
    cr_assert(pages[0]->blocks[0].boilerplate);
    cr_assert(!pages[0]->blocks[1].boilerplate, "the phone is known once");
    cr_assert(pages[1]->blocks[1].boilerplate);
    cr_assert(!pages[0]->blocks[2].boilerplate && !pages[0]->blocks[3].boilerplate);
}

Test(extract, facts_in_boilerplate_are_known_once)
{
    struct sb_extract *pages[6];

    for (int i = 0; i < 6; i++)
        pages[i] = html(talloc_asprintf(
            mem, "<p>Book online and save $25</p><p>Room %d costs $%d</p>", i, 40 + i));
    (void)sb_extract_drop_repeats(pages, 6);
    cr_assert_eq(pages[0]->fact_count, 2);
    cr_assert_eq(pages[3]->fact_count, 1);
    cr_assert_str_eq(pages[3]->facts[0].value, "USD 43.00");
}

Test(extract, few_pages_prove_nothing)
{
    struct sb_extract *pages[3];

    for (int i = 0; i < 3; i++)
        pages[i] = html("<p>The same.</p>");
    cr_assert_eq(sb_extract_drop_repeats(pages, 3), 0);
}
