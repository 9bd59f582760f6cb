/* SPDX-License-Identifier: Apache-2.0
 *
 * A self-signed certificate for a test, in files of its own.
 */
#ifndef SB_TESTS_CERT_H
#define SB_TESTS_CERT_H

struct sb_test_cert {
    char dir[64], cert[96], key[96];
};

/* `names` as in a subjectAltName: "DNS:localhost,IP:127.0.0.1". Fails the test when it
 * cannot be made. */
void sb_test_cert_make(struct sb_test_cert *cert, const char *names);
void sb_test_cert_remove(const struct sb_test_cert *cert);

#endif
