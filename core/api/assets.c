/* SPDX-License-Identifier: Apache-2.0
 *
 * The files of web/, linked into the binary by the assembler so that one file is all
 * there is to install. To add one: a line here and its name in web/room.mk.
 */
#include "api/assets.h"

#include <stddef.h>
#include <string.h>

#include "net/http.h"

#define EMBED(symbol, file)                                                            \
    extern const unsigned char web_##symbol[], web_##symbol##_end[];                   \
    __asm__(".section .rodata\n"                                                       \
            ".global web_" #symbol "\n.hidden web_" #symbol "\nweb_" #symbol ":\n"     \
            ".incbin \"" SB_SRCDIR "/web/" file "\"\n"                                 \
            ".global web_" #symbol "_end\n.hidden web_" #symbol "_end\n"               \
            "web_" #symbol "_end:\n.byte 0\n.previous\n")

EMBED(index_html, "index.html");
EMBED(chat_html, "chat.html");
EMBED(not_found_html, "404.html");
EMBED(chat_js, "chat.js");
EMBED(chat_socket_js, "chat-socket.js");
EMBED(chat_view_js, "chat-view.js");
EMBED(chat_css, "chat.css");
EMBED(index_js, "index.js");
EMBED(widget_js, "widget.js");
EMBED(favicon_svg, "favicon.svg");

#define SHORT_CACHE "public, max-age=300"
#define NO_CACHE "no-cache"

static struct sb_asset assets[] = {
    {"/index.html", "text/html; charset=utf-8", NO_CACHE, web_index_html, 0},
    {"/chat.html", "text/html; charset=utf-8", NO_CACHE, web_chat_html, 0},
    {"/404.html", "text/html; charset=utf-8", NO_CACHE, web_not_found_html, 0},
    {"/chat.js", "text/javascript; charset=utf-8", SHORT_CACHE, web_chat_js, 0},
    {"/chat-socket.js", "text/javascript; charset=utf-8", SHORT_CACHE,
     web_chat_socket_js, 0},
    {"/chat-view.js", "text/javascript; charset=utf-8", SHORT_CACHE, web_chat_view_js,
     0},
    {"/chat.css", "text/css; charset=utf-8", SHORT_CACHE, web_chat_css, 0},
    {"/index.js", "text/javascript; charset=utf-8", SHORT_CACHE, web_index_js, 0},
    {"/widget.js", "text/javascript; charset=utf-8", SHORT_CACHE, web_widget_js, 0},
    {"/favicon.svg", "image/svg+xml", SHORT_CACHE, web_favicon_svg, 0},
};
static const unsigned char *const ends[] = {
    web_index_html_end,  web_chat_html_end,      web_not_found_html_end,
    web_chat_js_end,     web_chat_socket_js_end, web_chat_view_js_end,
    web_chat_css_end,    web_index_js_end,       web_widget_js_end,
    web_favicon_svg_end,
};

const struct sb_asset *sb_asset_find(const char *path)
{
    for (size_t i = 0; i < sizeof(assets) / sizeof(assets[0]); i++) {
        if (strcmp(assets[i].path, path))
            continue;
        assets[i].len = (size_t)(ends[i] - (const unsigned char *)assets[i].data);
        return &assets[i];
    }
    return NULL;
}
