/* SPDX-License-Identifier: Apache-2.0
 *
 * A real PostgreSQL for tests: one database for each test program, with all our
 * migrations, on a throw-away cluster. With SB_TEST_DATABASE_URL set, the program makes
 * its database on that server instead and drops it at the end, so that a whole suite
 * pays for one initdb. Link testdb.c and everything happens by itself.
 */
#ifndef SB_TESTS_TESTDB_H
#define SB_TESTS_TESTDB_H

/* The connection string of this program's database; the user owns everything. */
const char *sb_test_db_url(void);
/* A further, empty database on the same server (no migrations); free() the string.
 * They go away with the server, or at the end. */
char *sb_test_db_empty(void);
/* Runs one or more statements as the owner and fails the test if that fails. */
void sb_test_db_sql(const char *url, const char *sql);
/* The first column of the first row as text, "" for NULL; free() it. */
char *sb_test_db_value(const char *url, const char *sql);

#endif
