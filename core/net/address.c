/* SPDX-License-Identifier: Apache-2.0
 *
 * Which addresses an untrusted request must not reach. IPv4 by a table of special
 * ranges; IPv6 the other way round: only global unicast is public, less its special
 * ranges, and an address that carries an IPv4 one inside (NAT64, 6to4) is judged by
 * that. Source: the IANA special-purpose address registries and RFC 6890.
 */
#include "net/client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

struct range4 {
    uint32_t net;
    int bits;
};

static const struct range4 special4[] = {
    {0x00000000, 8},  /* this network */
    {0x0a000000, 8},  /* private */
    {0x64400000, 10}, /* carrier-grade NAT */
    {0x7f000000, 8},  /* loopback */
    {0xa9fe0000, 16}, /* link-local, cloud metadata */
    {0xac100000, 12}, /* private */
    {0xc0000000, 24}, /* IETF protocol assignments */
    {0xc0000200, 24}, /* documentation */
    {0xc0586300, 24}, /* 6to4 relays, withdrawn */
    {0xc0a80000, 16}, /* private */
    {0xc6120000, 15}, /* benchmarking */
    {0xc6336400, 24}, /* documentation */
    {0xcb007100, 24}, /* documentation */
    {0xe0000000, 4},  /* multicast */
    {0xf0000000, 4},  /* reserved, broadcast */
};

struct range6 {
    uint8_t net[16];
    int bits;
};

/* Inside 2000::/3, which is all that is ever routed. */
static const struct range6 special6[] = {
    {{0x20, 0x01, 0x00, 0x00}, 23}, /* protocol assignments, Teredo, ORCHID */
    {{0x20, 0x01, 0x0d, 0xb8}, 32}, /* documentation */
    {{0x3f, 0xff, 0x00, 0x00}, 20}, /* documentation */
};

static const uint8_t global_unicast[16] = {0x20};
static const uint8_t nat64[16] = {0x00, 0x64, 0xff, 0x9b};
static const uint8_t six_to_four[16] = {0x20, 0x02};

static bool is_private4(uint32_t address)
{
    for (size_t i = 0; i < sizeof(special4) / sizeof(special4[0]); i++) {
        uint32_t mask = ~(uint32_t)0 << (32 - special4[i].bits);

        if ((address & mask) == special4[i].net)
            return true;
    }
    return false;
}

static bool begins_with(const uint8_t *address, const uint8_t *net, int bits)
{
    int whole = bits / 8, rest = bits % 8;

    if (memcmp(address, net, (size_t)whole) != 0)
        return false;
    return !rest || ((address[whole] ^ net[whole]) >> (8 - rest)) == 0;
}

static uint32_t embedded4(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
           (uint32_t)bytes[2] << 8 | bytes[3];
}

static bool is_private6(const uint8_t *address)
{
    if (begins_with(address, nat64, 96))
        return is_private4(embedded4(address + 12));
    if (begins_with(address, six_to_four, 16))
        return is_private4(embedded4(address + 2));
    if (!begins_with(address, global_unicast, 3))
        return true;
    for (size_t i = 0; i < sizeof(special6) / sizeof(special6[0]); i++)
        if (begins_with(address, special6[i].net, special6[i].bits))
            return true;
    return false;
}

bool sb_address_is_private(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in in;

        memcpy(&in, address, sizeof(in));
        return is_private4(ntohl(in.sin_addr.s_addr));
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 in6;

        memcpy(&in6, address, sizeof(in6));
        return is_private6(in6.sin6_addr.s6_addr);
    }
    return true;
}

bool sb_address_text_is_private(const char *text)
{
    struct in_addr four;
    struct in6_addr six;

    if (inet_pton(AF_INET, text, &four) == 1)
        return is_private4(ntohl(four.s_addr));
    return inet_pton(AF_INET6, text, &six) == 1 && is_private6(six.s6_addr);
}
