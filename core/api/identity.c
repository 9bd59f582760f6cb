/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON Web Tokens, the one form that we accept: HS256 (RFC 7515, RFC 7519). The
 * algorithm is ours to choose, not the token's: its header must say HS256, and the
 * key is never used for anything else.
 */
#include "api/identity.h"

#include <string.h>

#include "base/array.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/text.h"
#include "talk/engine.h"

enum { MAX_TOKEN = 4096, MAX_AHEAD_S = 24 * 3600 + 60 };

/* One base64url part as a JSON object. */
static int decode_part(TALLOC_CTX *mem, const char *part, size_t len, json_t **out_r,
                       struct sb_err *err)
{
    char *text = sb_array(mem, char, len + 1);
    ssize_t got = sb_base64_decode(part, len, text, len);
    struct sb_err why = {0};

    if (got < 0 || sb_json_parse(text, (size_t)got, out_r, &why))
        return sb_fail(err, SB_EAUTH, "user_token is not a JSON Web Token");
    if (json_is_object(*out_r))
        return 0;
    json_decref(*out_r);
    *out_r = NULL;
    return sb_fail(err, SB_EAUTH, "user_token is not a JSON Web Token");
}

static int check_signature(const char *token, const char *last_dot, const char *secret,
                           struct sb_err *err)
{
    uint8_t want[32], got[64];
    ssize_t len =
        sb_base64_decode(last_dot + 1, strlen(last_dot + 1), got, sizeof(got));

    sb_hmac_sha256(secret, strlen(secret), token, (size_t)(last_dot - token), want);
    if (len != (ssize_t)sizeof(want) || !sb_equal(want, got, sizeof(want)))
        return sb_fail(err, SB_EAUTH, "user_token has a wrong signature");
    return 0;
}

static int check_times(const json_t *claims, int64_t now_ms, struct sb_err *err)
{
    int64_t exp = sb_json_i64(claims, "exp", 0), now = now_ms / 1000;

    if (exp <= 0)
        return sb_fail(err, SB_EAUTH, "user_token lacks \"exp\"");
    if (exp < now - 30)
        return sb_fail(err, SB_EAUTH, "user_token has expired");
    if (exp > now + MAX_AHEAD_S)
        return sb_fail(err, SB_EAUTH, "user_token lasts longer than a day");
    if (sb_json_i64(claims, "nbf", 0) > now + 30)
        return sb_fail(err, SB_EAUTH, "user_token is not valid yet");
    return 0;
}

static const char *claim(TALLOC_CTX *mem, const json_t *claims, const char *name)
{
    const char *text = sb_json_str(claims, name);

    return sb_utf8_clean(mem, text, strlen(text), 320);
}

int sb_identity_verify(TALLOC_CTX *mem, const char *token, const char *secret,
                       int64_t now_ms, struct sb_speaker *speaker, struct sb_err *err)
{
    const char *dot = strchr(token, '.'), *last = strrchr(token, '.');
    json_t *header = NULL, *claims = NULL;
    int code;

    if (!*secret)
        return sb_fail(err, SB_EAUTH, "this business accepts no user_token");
    if (strlen(token) > MAX_TOKEN || !dot || last == dot)
        return sb_fail(err, SB_EAUTH, "user_token is not a JSON Web Token");
    code = check_signature(token, last, secret, err);
    if (!code)
        code = decode_part(mem, token, (size_t)(dot - token), &header, err);
    if (!code && strcmp(sb_json_str(header, "alg"), "HS256"))
        code = sb_fail(err, SB_EAUTH, "user_token wants the algorithm HS256");
    if (!code)
        code = decode_part(mem, dot + 1, (size_t)(last - dot - 1), &claims, err);
    if (!code)
        code = check_times(claims, now_ms, err);
    if (!code) {
        speaker->name = claim(mem, claims, "name");
        speaker->email = claim(mem, claims, "email");
        speaker->phone = claim(mem, claims, "phone");
        speaker->verified = true;
    }
    json_decref(header);
    json_decref(claims);
    return code;
}
