/* SPDX-License-Identifier: Apache-2.0
 *
 * Tenant files: what is accepted, and that every refusal says where and what.
 */
#include <criterion/criterion.h>
#include <string.h>
#include <talloc.h>

#include "base/yaml.h"
#include "host/tenant.h"

#define HEAD                                                                           \
    "tenant: acme\n"                                                                   \
    "business:\n"                                                                      \
    "  name: Acme\n"                                                                   \
    "  timezone: Europe/London\n"                                                      \
    "  hours: {mon: \"09:00-17:00\"}\n"
#define AGENTS "agents:\n  - {slug: acme, vertical: salon}\n"

static TALLOC_CTX *mem;

static void set_up(void)
{
    mem = talloc_new(NULL);
}

static void tear_down(void)
{
    talloc_free(mem);
}

TestSuite(tenant, .init = set_up, .fini = tear_down);

static int parse(const char *text, struct sb_tenant **tenant, struct sb_err *err)
{
    struct sb_yaml *root;

    cr_assert_eq(sb_yaml_parse(mem, "acme.yaml", text, strlen(text), &root, err), 0, "%s",
                 err->msg);
    return sb_tenant_parse(mem, root, tenant, err);
}

static void expect_refusal(const char *text, const char *place, const char *word)
{
    struct sb_tenant *tenant;
    struct sb_err err = {0};

    cr_assert_eq(parse(text, &tenant, &err), SB_EINVAL, "accepted: %s", text);
    cr_assert(strstr(err.msg, place), "\"%s\" lacks \"%s\"", err.msg, place);
    cr_assert(strstr(err.msg, word), "\"%s\" lacks \"%s\"", err.msg, word);
}

Test(tenant, binds_business_and_agents)
{
    struct sb_tenant *tenant;
    struct sb_err err = {0};

    cr_assert_eq(parse(HEAD AGENTS, &tenant, &err), 0, "%s", err.msg);
    cr_assert_str_eq(tenant->business.name, "Acme");
    cr_assert_eq(tenant->business.week[1].spans[0].from, 540);
    cr_assert_not(tenant->business.week[2].known);
    cr_assert_eq(tenant->agent_count, 1);
    cr_assert_str_eq(tenant->agents[0].llm[0], "local");
    cr_assert_null(json_object_get(tenant->config, "agents"));
}

Test(tenant, refuses_an_unknown_key_with_its_place_and_the_nearest_name)
{
    expect_refusal(HEAD "agent: []\n", "acme.yaml:6:1", "did you mean \"agents\"");
    expect_refusal("tenant: acme\nbusiness: {name: A, timezone: UTC, fone: x}\n" AGENTS,
                   "acme.yaml:2:", "phone");
}

Test(tenant, refuses_a_time_zone_that_does_not_exist)
{
    expect_refusal("tenant: acme\nbusiness: {name: A, timezone: Mars/Base}\n" AGENTS,
                   "acme.yaml:2:", "Mars/Base");
}

Test(tenant, refuses_hours_that_cannot_be_read)
{
    expect_refusal("tenant: acme\nbusiness:\n  name: A\n  timezone: UTC\n"
                   "  hours: {mon: late}\n" AGENTS,
                   "acme.yaml:5:", "late");
    expect_refusal("tenant: acme\nbusiness:\n  name: A\n  timezone: UTC\n"
                   "  hours: {someday: closed}\n" AGENTS,
                   "acme.yaml:5:", "someday");
}

Test(tenant, refuses_unknown_roles_slugs_and_colours)
{
    expect_refusal(HEAD "agents:\n  - {slug: acme, vertical: golf, roles: {lm: [local]}}\n",
                   "acme.yaml:7:", "did you mean \"llm\"");
    expect_refusal(HEAD "agents:\n  - {slug: Acme Shop, vertical: golf}\n", "acme.yaml:7:",
                   "slug");
    expect_refusal(HEAD "agents:\n  - {slug: acme, vertical: golf, color: red}\n",
                   "acme.yaml:7:", "colour");
    expect_refusal(HEAD "agents:\n  - {slug: acme, vertical: golf}\n"
                        "  - {slug: acme, vertical: golf}\n",
                   "acme.yaml:8:", "two agents");
}

Test(tenant, every_faq_wants_a_question_and_an_answer)
{
    expect_refusal(HEAD AGENTS "faqs:\n  - {q: Where}\n", "acme.yaml:9:", "\"a\"");
    expect_refusal(HEAD AGENTS "facts:\n  - {subject: Parking, vlaue: free}\n",
                   "acme.yaml:9:", "vlaue");
}

Test(tenant, binds_what_the_tenant_states_itself)
{
    struct sb_tenant *tenant;
    struct sb_err err = {0};

    cr_assert_eq(parse(HEAD AGENTS "faqs:\n  - {q: Where, a: Here, also: [which place]}\n"
                                   "facts:\n  - {subject: Parking, value: free}\n"
                                   "pages:\n  - {title: Warranty, text: Two years}\n",
                       &tenant, &err),
                 0, "%s", err.msg);
    cr_assert_eq(tenant->business.faq_count, 1);
    cr_assert_str_eq(tenant->business.faqs[0].also[0], "which place");
    cr_assert_str_eq(tenant->business.facts[0].text, "free");
    cr_assert_str_eq(tenant->business.pages[0].title, "Warranty");
}
