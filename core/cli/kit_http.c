/* SPDX-License-Identifier: Apache-2.0
 *
 * The conformance kit on vendors: a plugin with a base_url is led to a server of ours
 * that is in many moods.
 */
#include "cli/kit.h"
#include "cli/kit_vendor.h"

struct mood {
    enum sb_kit_mood mood;
    const char *name;
    bool fails;      /* the call must */
    int expected[4]; /* SB_E* that say it best; none: any */
};

static const struct mood moods[] = {
    {SB_KIT_GOOD, "a good answer", false, {0}},
    {SB_KIT_BYTES, "a good answer, one byte at a time", false, {0}},
    {SB_KIT_CUT, "an answer that is cut off", true, {0}},
    {SB_KIT_BUSY, "429 with Retry-After", true, {SB_ELIMIT, SB_EUNAVAILABLE}},
    {SB_KIT_LOCKED, "401", true, {SB_EAUTH}},
    {SB_KIT_BROKEN, "500", true, {SB_EUNAVAILABLE, SB_EIO, SB_EPROTO}},
    {SB_KIT_GARBAGE, "a body of garbage", true, {SB_EPROTO, SB_EUNAVAILABLE, SB_EIO}},
    {SB_KIT_NOISE, "something that is not HTTP", true, {0}},
    {SB_KIT_SILENT, "no answer at all", true, {SB_ETIMEDOUT, SB_EUNAVAILABLE, SB_EIO}},
};

static bool is_expected(const struct mood *mood, int rc)
{
    if (!mood->expected[0])
        return rc != SB_EINVAL; /* which would say that the caller is at fault */
    for (int i = 0; i < 4 && mood->expected[i]; i++)
        if (mood->expected[i] == rc)
            return true;
    return false;
}

static void judge(struct sb_kit *kit, const char *role, const struct mood *mood,
                  const struct sb_kit_outcome *outcome)
{
    if (outcome->fault[0])
        sb_kit_fail(kit, "%s, %s: %s", role, mood->name, outcome->fault);
    else if (mood->fails && outcome->rc == 0)
        sb_kit_fail(kit, "%s, %s: it says that all went well", role, mood->name);
    else if (!mood->fails && outcome->rc != 0)
        sb_kit_fail(kit, "%s, %s: %s: %s", role, mood->name, sb_code_name(outcome->rc),
                    outcome->err.msg);
    else if (mood->fails && !is_expected(mood, outcome->rc))
        sb_kit_fail(kit, "%s, %s: %s is better said by %s", role, mood->name,
                    sb_code_name(outcome->rc),
                    mood->expected[0] ? sb_code_name(mood->expected[0])
                                      : "another code");
    else if (mood->mood == SB_KIT_BUSY && outcome->err.retry_after_ms != 7000)
        sb_kit_fail(kit, "%s, %s: err->retry_after_ms is %d and not 7000", role,
                    mood->name, outcome->err.retry_after_ms);
    else
        sb_kit_pass(kit, "%s, %s%s%s", role, mood->name, mood->fails ? ": " : "",
                    mood->fails ? outcome->err.msg : "");
}

static void check_role(struct sb_kit *kit, enum sb_role_kind kind)
{
    const char *role = sb_role_name(kind);
    struct sb_kit_outcome outcome;
    int puzzled = sb_kit_vendor_puzzled(kit->vendor);

    sb_kit_call(kit, kind, SB_KIT_SMALL, 0, &outcome);
    if (!outcome.asked) {
        sb_kit_skip(kit, "%s asks no vendor", role);
        return;
    }
    for (size_t i = 0; i < sizeof(moods) / sizeof(moods[0]); i++) {
        if (!moods[i].fails && sb_kit_vendor_puzzled(kit->vendor) != puzzled) {
            sb_kit_skip(kit,
                        "%s, %s: what its vendor answers is not known here; give it "
                        "with --answer FILE",
                        role, moods[i].name);
            continue;
        }
        sb_jail_stage(kit->jail, moods[i].name);
        sb_kit_vendor_set(kit->vendor, moods[i].mood);
        sb_kit_call(kit, kind, SB_KIT_SMALL, 0, &outcome);
        judge(kit, role, &moods[i], &outcome);
    }
    sb_kit_vendor_set(kit->vendor, SB_KIT_GOOD);
}

void sb_kit_http(struct sb_kit *kit)
{
    if (!kit->talks_to_vendor) {
        sb_kit_skip(
            kit, "%s",
            kit->plugin->hosts
                ? "no scripted vendor: it has no option base_url to lead it there"
                : "no scripted vendor: it declares no network hosts");
        return;
    }
    for (int kind = 0; kind < SB_KIND_COUNT; kind++)
        if (kit->descriptor->ops[kind] && kind != SB_KIND_VERTICAL)
            check_role(kit, (enum sb_role_kind)kind);
}
