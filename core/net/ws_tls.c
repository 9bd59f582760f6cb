/* SPDX-License-Identifier: Apache-2.0
 *
 * The chain is checked against the system's certificates or a file, the name against
 * what we asked for; there is no switch to leave either out.
 */
#include "net/ws_tls.h"

#include <arpa/inet.h>
#include <event2/bufferevent_ssl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdint.h>

static SSL_CTX *new_context(const char *ca_file, struct sb_err *err)
{
    SSL_CTX *tls = SSL_CTX_new(TLS_client_method());
    int ok;

    if (!tls)
        return NULL;
    ok = ca_file ? SSL_CTX_load_verify_locations(tls, ca_file, NULL)
                 : SSL_CTX_set_default_verify_paths(tls);
    if (ok != 1) {
        ERR_clear_error();
        (void)sb_fail(err, SB_EINVAL, "the trusted certificates cannot be read");
        SSL_CTX_free(tls);
        return NULL;
    }
    (void)SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION);
    (void)SSL_CTX_set_options(tls,
                              SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_NO_COMPRESSION);
    (void)SSL_CTX_set_mode(tls, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, NULL);
    return tls;
}

/* One a thread for the system's certificates: loading them takes milliseconds. */
static SSL_CTX *get_context(const char *ca_file, struct sb_err *err)
{
    static __thread SSL_CTX *shared;

    if (ca_file)
        return new_context(ca_file, err);
    if (!shared)
        shared = new_context(NULL, err);
    if (shared)
        (void)SSL_CTX_up_ref(shared);
    return shared;
}

static bool set_name(SSL *ssl, const char *host)
{
    unsigned char bytes[16];

    if (inet_pton(AF_INET, host, bytes) == 1 || inet_pton(AF_INET6, host, bytes) == 1)
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) == 1;
    /* OpenSSL's macro would cast the const away in any case. */
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return SSL_set1_host(ssl, host) == 1 && SSL_set_tlsext_host_name(ssl, (char *)(uintptr_t)host) == 1;
}

int sb_ws_tls_bufferevent(struct event_base *base, const struct sb_ws_url *url,
                          const char *ca_file, struct bufferevent **bev_r,
                          struct sb_err *err)
{
    SSL_CTX *tls;
    SSL *ssl;

    if (err)
        err->code = 0;
    tls = get_context(ca_file, err);
    ssl = tls ? SSL_new(tls) : NULL;
    SSL_CTX_free(tls);
    if (!ssl)
        return err && err->code ? err->code
                                : sb_fail(err, SB_ENOMEM, "no memory for TLS");
    if (!set_name(ssl, url->host)) {
        SSL_free(ssl);
        return sb_fail(err, SB_EINVAL, "the host's name cannot be checked");
    }
    *bev_r = bufferevent_openssl_socket_new(base, -1, ssl, BUFFEREVENT_SSL_CONNECTING,
                                            BEV_OPT_CLOSE_ON_FREE);
    if (!*bev_r) {
        SSL_free(ssl);
        return sb_fail(err, SB_ENOMEM, "no memory for TLS");
    }
    bufferevent_openssl_set_allow_dirty_shutdown(*bev_r, 1);
    return 0;
}

const char *sb_ws_tls_fault(struct bufferevent *bev)
{
    SSL *ssl = bufferevent_openssl_get_ssl(bev);
    unsigned long error;

    if (!ssl)
        return NULL;
    if (SSL_get_verify_result(ssl) != X509_V_OK)
        return X509_verify_cert_error_string(SSL_get_verify_result(ssl));
    error = bufferevent_get_openssl_error(bev);
    return error ? ERR_reason_error_string(error) : NULL;
}
