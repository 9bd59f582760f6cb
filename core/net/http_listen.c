/* SPDX-License-Identifier: Apache-2.0
 *
 * What the server stands on: a listening socket and a TLS context.
 */
#include "net/http.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- listening ---- */

/* "[::1]:80" and "127.0.0.1:80" into host and port. */
static int split_address(const char *address, char host[64], char port[8],
                         struct sb_err *err)
{
    const char *colon = strrchr(address, ':');
    const char *start = address, *end = colon;

    if (!colon || strlen(colon + 1) >= 8 || colon[1] == '\0' ||
        colon[1 + strspn(colon + 1, "0123456789")] != '\0')
        return sb_fail(err, SB_EINVAL, "'%.80s' is not ADDRESS:PORT", address);
    if (*start == '[' && end > start && end[-1] == ']') {
        start++;
        end--;
    } else if (memchr(start, ':', (size_t)(end - start))) {
        return sb_fail(err, SB_EINVAL, "write an IPv6 address in brackets: [::1]:8247");
    }
    if (end - start >= 64)
        return sb_fail(err, SB_EINVAL, "the address to listen on is too long");
    memcpy(host, start, (size_t)(end - start));
    host[end - start] = '\0';
    memcpy(port, colon + 1, strlen(colon + 1) + 1);
    return 0;
}

/* Accepted sockets inherit all of these. Without TCP_NODELAY, TLS answers wait for
 * delayed ACKs; keep-alive probes find out about peers that lost their network. */
static void set_options(int fd)
{
    static const struct {
        int level, name, value;
    } options[] = {
        {SOL_SOCKET, SO_REUSEADDR, 1},           {IPPROTO_TCP, TCP_NODELAY, 1},
        {SOL_SOCKET, SO_KEEPALIVE, 1},           {IPPROTO_TCP, TCP_KEEPIDLE, 60},
        {IPPROTO_TCP, TCP_KEEPINTVL, 15},        {IPPROTO_TCP, TCP_KEEPCNT, 4},
        {IPPROTO_TCP, TCP_USER_TIMEOUT, 120000},
    };

    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
        (void)setsockopt(fd, options[i].level, options[i].name, &options[i].value,
                         sizeof(options[i].value));
}

/* A descriptor or a negative errno. */
static int open_listener(const struct addrinfo *info)
{
    int fd = socket(info->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0),
        error;

    if (fd < 0)
        return -errno;
    set_options(fd);
    if (bind(fd, info->ai_addr, info->ai_addrlen) == 0 && listen(fd, SOMAXCONN) == 0)
        return fd;
    error = errno;
    (void)close(fd);
    return -error;
}

int sb_http_listen(const char *address, struct sb_err *err)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC,
                                   .ai_socktype = SOCK_STREAM,
                                   .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    char host[64], port[8];
    struct addrinfo *list = NULL;
    int code = split_address(address, host, port, err), fd;

    if (code != 0)
        return code;
    code = getaddrinfo(host[0] ? host : NULL, port, &hints, &list);
    if (code != 0)
        return sb_fail(err, SB_EINVAL, "the address '%s' is not known: %s", host,
                       gai_strerror(code));
    fd = open_listener(list);
    freeaddrinfo(list);
    if (fd < 0)
        return sb_fail(err, fd == -EADDRINUSE ? SB_ECONFLICT : SB_EIO,
                       "cannot listen on %s: %s", address, strerror(-fd));
    return fd;
}

/* ---- TLS ---- */

static int fail_tls(struct sb_err *err, const char *what, const char *file)
{
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());

    ERR_clear_error();
    return sb_fail(err, SB_EINVAL, "%s '%s' cannot be used: %s", what, file,
                   reason ? reason : "unknown reason");
}

static int choose_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                       const unsigned char *in, unsigned int in_len, void *arg)
{
    static const unsigned char ours[] = "\x08http/1.1";
    unsigned char *chosen = NULL;

    (void)ssl;
    (void)arg;
    if (SSL_select_next_proto(&chosen, out_len, ours, sizeof(ours) - 1, in, in_len) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

static SSL_CTX *new_context(void)
{
    SSL_CTX *tls = SSL_CTX_new(TLS_server_method());

    if (!tls)
        return NULL;
    (void)SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION);
    /* Renegotiation is a favour to attackers; an idle connection gives its buffers
     * back. */
    (void)SSL_CTX_set_options(tls, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                       SSL_OP_CIPHER_SERVER_PREFERENCE |
                                       SSL_OP_IGNORE_UNEXPECTED_EOF);
    (void)SSL_CTX_set_mode(tls, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_alpn_select_cb(tls, choose_alpn, NULL);
    return tls;
}

int sb_http_tls(const char *cert_file, const char *key_file, struct ssl_ctx_st **tls_r,
                struct sb_err *err)
{
    SSL_CTX *tls = new_context();
    int code = 0;

    if (!tls)
        return sb_fail(err, SB_ENOMEM, "there is no memory for a TLS context");
    if (SSL_CTX_use_certificate_chain_file(tls, cert_file) != 1)
        code = fail_tls(err, "the certificate", cert_file);
    else if (SSL_CTX_use_PrivateKey_file(tls, key_file, SSL_FILETYPE_PEM) != 1)
        code = fail_tls(err, "the key", key_file);
    else if (SSL_CTX_check_private_key(tls) != 1)
        code = fail_tls(err, "the key does not belong to the certificate:", key_file);
    if (code != 0) {
        SSL_CTX_free(tls);
        return code;
    }
    *tls_r = tls;
    return 0;
}
