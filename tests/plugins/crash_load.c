/* SPDX-License-Identifier: Apache-2.0
 *
 * Crashes while it is mapped, in a constructor.
 */
#include <signal.h>
#include <switchboard/plugin.h>

__attribute__((constructor)) static void on_load(void)
{
    (void)raise(SIGSEGV);
}

SB_PLUGIN(crash_load, .version = "0.1", .summary = "Crashes when mapped",
          .licence = "Apache-2.0")
