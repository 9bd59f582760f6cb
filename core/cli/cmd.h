/* SPDX-License-Identifier: Apache-2.0
 *
 * The subcommands of `switchboard`. Each takes its own arguments (argv[0] is its name),
 * answers --help, and returns the exit status.
 */
#ifndef SB_CLI_CMD_H
#define SB_CLI_CMD_H

int sb_cmd_serve(int argc, char **argv);
int sb_cmd_check(int argc, char **argv);
int sb_cmd_plugin(int argc, char **argv);
int sb_cmd_tenant(int argc, char **argv);
int sb_cmd_talk(int argc, char **argv);
int sb_cmd_try(int argc, char **argv);
int sb_cmd_scenario(int argc, char **argv);

#endif
