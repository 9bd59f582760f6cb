/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs the body of a test as a task on a fresh loop, for Criterion:
 *
 *     static void body(void *arg) { cr_assert_eq(sb_sleep(1), 0); }
 *     Test(sleep, returns) { sb_test_run(body, NULL); }
 */
#ifndef SB_TESTS_INTASK_H
#define SB_TESTS_INTASK_H

/* Runs `fn(arg)` to its end, frees the loop and fails the test when other tasks are
 * still alive then. Assertions may be used in the body and in tasks that it starts. */
void sb_test_run(void (*fn)(void *arg), void *arg);
/* The same, and says nothing about tasks that are still alive: they are cancelled. */
void sb_test_run_loosely(void (*fn)(void *arg), void *arg);

#endif
