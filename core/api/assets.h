/* SPDX-License-Identifier: Apache-2.0
 *
 * The files of web/, linked into the binary.
 */
#ifndef SB_API_ASSETS_H
#define SB_API_ASSETS_H

struct sb_asset;

/* By its path ("/widget.js"), or NULL. */
const struct sb_asset *sb_asset_find(const char *path);

#endif
