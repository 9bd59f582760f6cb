/* SPDX-License-Identifier: Apache-2.0
 *
 * Signed identities: only a token of the tenant's own, of the one algorithm and not
 * expired, is believed.
 */
#include <criterion/criterion.h>
#include <string.h>
#include <talloc.h>

#include "api/identity.h"
#include "base/crypto.h"
#include "talk/engine.h"

#define SECRET "a-secret-of-the-tenant"
enum { NOW_S = 1800000000 };

static TALLOC_CTX *mem;

static void set_up(void)
{
    mem = talloc_new(NULL);
}

static void tear_down(void)
{
    talloc_free(mem);
}

TestSuite(identity, .init = set_up, .fini = tear_down);

static char *part(const char *json)
{
    char *out = talloc_size(mem, 1024);

    sb_base64(json, strlen(json), out, 1024, true);
    return out;
}

static char *token(const char *header, const char *claims, const char *secret)
{
    char *head = talloc_asprintf(mem, "%s.%s", part(header), part(claims));
    char *signature = talloc_size(mem, 64);
    uint8_t mac[32];

    sb_hmac_sha256(secret, strlen(secret), head, strlen(head), mac);
    sb_base64(mac, sizeof(mac), signature, 64, true);
    return talloc_asprintf(mem, "%s.%s", head, signature);
}

#define HS256 "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"
#define CLAIMS "{\"name\":\"Ann Lee\",\"email\":\"ann@example.com\",\"exp\":1800000600}"

static int verify(const char *jwt, const char *secret, struct sb_speaker *speaker)
{
    struct sb_err err = {0};
    int code =
        sb_identity_verify(mem, jwt, secret, (int64_t)NOW_S * 1000, speaker, &err);

    cr_assert(code == 0 || *err.msg);
    return code;
}

Test(identity, a_good_token_is_believed)
{
    struct sb_speaker speaker = {0};

    cr_assert_eq(verify(token(HS256, CLAIMS, SECRET), SECRET, &speaker), 0);
    cr_assert(speaker.verified);
    cr_assert_str_eq(speaker.name, "Ann Lee");
    cr_assert_str_eq(speaker.email, "ann@example.com");
    cr_assert_str_eq(speaker.phone, "");
}

Test(identity, refuses_another_key_or_algorithm)
{
    struct sb_speaker speaker = {0};

    cr_assert_eq(verify(token(HS256, CLAIMS, "other"), SECRET, &speaker), SB_EAUTH);
    cr_assert_eq(verify(token("{\"alg\":\"none\"}", CLAIMS, SECRET), SECRET, &speaker),
                 SB_EAUTH);
    cr_assert_eq(verify(token("{\"alg\":\"RS256\"}", CLAIMS, SECRET), SECRET, &speaker),
                 SB_EAUTH);
    cr_assert_not(speaker.verified);
}

Test(identity, refuses_a_tenant_without_a_secret)
{
    struct sb_speaker speaker = {0};

    cr_assert_eq(verify(token(HS256, CLAIMS, ""), "", &speaker), SB_EAUTH);
}

Test(identity, refuses_no_expiry_a_past_one_and_one_too_far)
{
    struct sb_speaker speaker = {0};

    cr_assert_eq(verify(token(HS256, "{\"name\":\"x\"}", SECRET), SECRET, &speaker),
                 SB_EAUTH);
    cr_assert_eq(verify(token(HS256, "{\"exp\":1799999000}", SECRET), SECRET, &speaker),
                 SB_EAUTH);
    cr_assert_eq(verify(token(HS256, "{\"exp\":1900000000}", SECRET), SECRET, &speaker),
                 SB_EAUTH);
}

Test(identity, refuses_what_is_no_token)
{
    struct sb_speaker speaker = {0};
    const char *const bad[] = {"", ".", "..", "a.b", "a.b.c", "e30.e30.", "....", NULL};

    for (size_t i = 0; bad[i]; i++)
        cr_assert_eq(verify(bad[i], SECRET, &speaker), SB_EAUTH, "accepted \"%s\"",
                     bad[i]);
}

/* Signed well, and yet no object: nothing of it is freed twice. */
Test(identity, refuses_a_signed_token_of_anything_but_objects)
{
    struct sb_speaker speaker = {0};

    cr_assert_eq(verify(token("[[1],[2]]", CLAIMS, SECRET), SECRET, &speaker),
                 SB_EAUTH);
    cr_assert_eq(verify(token(HS256, "[[1],[2]]", SECRET), SECRET, &speaker), SB_EAUTH);
}
