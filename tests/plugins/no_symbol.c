/* SPDX-License-Identifier: Apache-2.0
 *
 * Exports a symbol that is not the descriptor.
 */
extern const int something_else;
__attribute__((visibility("default"))) const int something_else = 1;
