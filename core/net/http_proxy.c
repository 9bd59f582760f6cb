/* SPDX-License-Identifier: Apache-2.0
 *
 * Networks as 128-bit prefixes; IPv4 is looked at in its mapped form, so that
 * "::ffff:10.0.0.1" and "10.0.0.1" are the same peer.
 */
#include "net/http_proxy.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "base/array.h"

struct network {
    uint8_t address[16];
    unsigned bits;
};

struct sb_proxies {
    struct network *networks;
    size_t count;
};

static bool parse_address(const char *text, uint8_t out[16], bool *is_v4)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

    *is_v4 = inet_pton(AF_INET, text, out + 12) == 1;
    if (*is_v4) {
        memcpy(out, mapped, sizeof(mapped));
        return true;
    }
    return inet_pton(AF_INET6, text, out) == 1;
}

static int parse_network(const char *text, struct network *network, struct sb_err *err)
{
    char address[64];
    const char *slash = strchr(text, '/');
    size_t len = slash ? (size_t)(slash - text) : strlen(text);
    unsigned bits, whole;
    bool is_v4;

    if (len >= sizeof(address))
        return sb_fail(err, SB_EINVAL, "'%.40s' is not an address", text);
    memcpy(address, text, len);
    address[len] = '\0';
    if (!parse_address(address, network->address, &is_v4))
        return sb_fail(err, SB_EINVAL, "'%s' is not an address", address);
    whole = is_v4 ? 32 : 128;
    bits = whole;
    if (slash) {
        char *end;
        unsigned long value = strtoul(slash + 1, &end, 10);

        if (end == slash + 1 || *end || value > whole)
            return sb_fail(err, SB_EINVAL, "'%.60s' has a prefix out of range", text);
        bits = (unsigned)value;
    }
    network->bits = bits + 128 - whole;
    return 0;
}

int sb_proxies_new(TALLOC_CTX *mem, const char *const *list,
                   struct sb_proxies **proxies_r, struct sb_err *err)
{
    struct sb_proxies *proxies = talloc_zero(mem, struct sb_proxies);
    size_t count = 0;

    while (list && list[count])
        count++;
    proxies->networks = sb_array(proxies, struct network, count + 1);
    for (; proxies->count < count; proxies->count++) {
        int code = parse_network(list[proxies->count],
                                 &proxies->networks[proxies->count], err);

        if (code != 0) {
            talloc_free(proxies);
            return code;
        }
    }
    *proxies_r = proxies;
    return 0;
}

static bool is_inside(const struct network *network, const uint8_t address[16])
{
    unsigned bytes = network->bits / 8, rest = network->bits % 8;
    unsigned mask = 0xff00u >> rest & 0xff;

    if (memcmp(network->address, address, bytes) != 0)
        return false;
    return rest == 0 || ((network->address[bytes] ^ address[bytes]) & mask) == 0;
}

bool sb_proxies_trust(const struct sb_proxies *proxies, const char *address)
{
    uint8_t bytes[16];
    bool is_v4;

    if (!parse_address(address, bytes, &is_v4))
        return false;
    for (size_t i = 0; i < proxies->count; i++)
        if (is_inside(&proxies->networks[i], bytes))
            return true;
    return false;
}

/* Takes the last element of a list off: "a, b" gives "b" and leaves "a". */
static char *take_last(char *list)
{
    char *comma = strrchr(list, ',');
    char *last = comma ? comma + 1 : list;
    size_t len;

    last += strspn(last, " \t");
    len = strlen(last);
    while (len > 0 && (last[len - 1] == ' ' || last[len - 1] == '\t'))
        last[--len] = '\0';
    if (comma)
        *comma = '\0';
    return last;
}

/* Some proxies write "[v6]:port" or "v4:port". */
static char *strip_port(char *address)
{
    char *colon = strchr(address, ':');

    if (address[0] == '[') {
        address++;
        address[strcspn(address, "]")] = '\0';
    } else if (colon && !strchr(colon + 1, ':')) {
        *colon = '\0';
    }
    return address;
}

/* One way of writing each address, so that it can be counted and compared. */
static const char *canonical(TALLOC_CTX *mem, const uint8_t bytes[16])
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    bool is_v4 = memcmp(bytes, mapped, sizeof(mapped)) == 0;
    char text[INET6_ADDRSTRLEN];

    return talloc_strdup(mem,
                         inet_ntop(is_v4 ? AF_INET : AF_INET6,
                                   is_v4 ? bytes + 12 : bytes, text, sizeof(text)));
}

const char *sb_proxies_client(TALLOC_CTX *mem, const struct sb_proxies *proxies,
                              const char *peer, const char *forwarded)
{
    const char *client = peer;
    char *list = forwarded ? talloc_strdup(mem, forwarded) : NULL;
    bool more = list != NULL;

    while (more && sb_proxies_trust(proxies, client)) {
        uint8_t bytes[16];
        bool is_v4;
        char *last;

        more = strchr(list, ',') != NULL;
        last = strip_port(take_last(list));
        if (!parse_address(last, bytes, &is_v4))
            break;
        client = canonical(mem, bytes);
    }
    return talloc_strdup(mem, client);
}
