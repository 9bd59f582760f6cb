/* SPDX-License-Identifier: Apache-2.0
 *
 * See cert.h. An elliptic key, because making an RSA one takes a noticeable while.
 */
#include "support/cert.h"

#include <criterion/criterion.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void write_files(const struct sb_test_cert *cert, X509 *x509, EVP_PKEY *key)
{
    FILE *file = fopen(cert->cert, "w");

    cr_assert_not_null(file);
    cr_assert_eq(PEM_write_X509(file, x509), 1);
    (void)fclose(file);
    file = fopen(cert->key, "w");
    cr_assert_not_null(file);
    cr_assert_eq(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), 1);
    (void)fclose(file);
}

static void add_extension(X509 *x509, int nid, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

    cr_assert_not_null(extension);
    cr_assert_eq(X509_add_ext(x509, extension, -1), 1);
    X509_EXTENSION_free(extension);
}

void sb_test_cert_make(struct sb_test_cert *cert, const char *names)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x509 = X509_new();
    X509_NAME *name;

    cr_assert(key && x509);
    (void)snprintf(cert->dir, sizeof(cert->dir), "/tmp/sb-cert-XXXXXX");
    cr_assert_not_null(mkdtemp(cert->dir));
    (void)snprintf(cert->cert, sizeof(cert->cert), "%s/cert.pem", cert->dir);
    (void)snprintf(cert->key, sizeof(cert->key), "%s/key.pem", cert->dir);
    (void)X509_set_version(x509, X509_VERSION_3);
    (void)ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
    (void)X509_gmtime_adj(X509_getm_notBefore(x509), -3600);
    (void)X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
    name = X509_get_subject_name(x509);
    (void)X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                     (const unsigned char *)"test", -1, -1, 0);
    (void)X509_set_issuer_name(x509, name);
    (void)X509_set_pubkey(x509, key);
    add_extension(x509, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(x509, NID_subject_alt_name, names);
    cr_assert_gt(X509_sign(x509, key, EVP_sha256()), 0);
    write_files(cert, x509, key);
    X509_free(x509);
    EVP_PKEY_free(key);
}

void sb_test_cert_remove(const struct sb_test_cert *cert)
{
    (void)unlink(cert->cert);
    (void)unlink(cert->key);
    (void)rmdir(cert->dir);
}
