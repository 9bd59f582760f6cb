// SPDX-License-Identifier: Apache-2.0
// The widget's loader: <script async src="https://desk.example/widget.js"
// data-agent="fox-hollow"></script>. It adds a button, and on the first hover, focus or
// click a frame with the chat page. The frame is another origin; the two exchange
// messages with exactly each other's origin. window.Switchboard has boot, open,
// close and destroy for single-page sites.
(() => {
  'use strict';
  if (window.Switchboard) return;
  const script = document.currentScript;
  const origin = new URL(script.src).origin;
  let host, root, button, frame, agent, open = false, loaded = false, unread = 0;

  const key = () => 'switchboard:' + agent;
  function load() {
    try { return JSON.parse(localStorage.getItem(key())) || {}; } catch { return {}; }
  }
  function save(ids) {
    try { localStorage.setItem(key(), JSON.stringify(ids)); } catch { /* not remembered */ }
  }
  function context() {
    return { url: location.href, title: document.title, referrer: document.referrer };
  }
  function tell(message) {
    if (loaded) frame.contentWindow.postMessage({ switchboard: 1, ...message }, origin);
  }

  function onMessage(event) {
    if (!frame || event.origin !== origin || event.source !== frame.contentWindow) return;
    const data = event.data;
    if (!data || data.switchboard !== 1) return;
    if (data.type === 'ready') {
      loaded = true;
      tell({ type: 'init', ids: load(), context: context() });
      if (open) tell({ type: 'open' });
    } else if (data.type === 'ids') {
      save({ visitor: data.visitor, conversation: data.conversation });
    } else if (data.type === 'brand') {
      paint(data.color);
    } else if (data.type === 'close') {
      toggle(false);
    } else if (data.type === 'said' && !open) {
      badge(unread + 1);
    }
  }

  // The script's own data-color wins over the receptionist's.
  function paint(color) {
    if (/^#[0-9a-f]{6}$/i.test(color || '') && !host.style.getPropertyValue('--brand')) {
      host.style.setProperty('--brand', color);
    }
  }

  function badge(count) {
    unread = count;
    button.toggleAttribute('data-unread', count > 0);
    button.setAttribute('aria-label', label() + (count ? ', new message' : ''));
  }
  const label = () => (open ? 'Close the chat' : 'Open the chat');

  function build() {
    if (frame) return;
    frame = document.createElement('iframe');
    frame.title = 'Chat';
    frame.allow = 'clipboard-write';
    frame.src = origin + '/chat/' + encodeURIComponent(agent) + '?embed=1&origin=' +
      encodeURIComponent(location.origin);
    root.append(frame);
  }

  function toggle(next) {
    if (next === open || !button) return;
    open = next;
    build();
    host.toggleAttribute('data-open', open);
    button.setAttribute('aria-expanded', String(open));
    badge(0);
    if (open) tell({ type: 'open' });
    else button.focus();
  }

  // The style lives in a constructed sheet inside a shadow root: nothing inline, so a
  // strict policy of the page holds, and the page's own style does not reach in.
  function style() {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`
      :host { all: initial; position: fixed; inset-block-end: 20px; inset-inline-end: 20px;
        z-index: 2147483000; color-scheme: light dark; }
      button { inline-size: 60px; block-size: 60px; border: 0; border-radius: 50%;
        cursor: pointer; padding: 0; background: var(--brand, #0b6e4f); color: #fff;
        box-shadow: 0 6px 24px rgb(0 0 0 / .28); display: grid; place-items: center;
        position: relative; }
      button:focus-visible { outline: 3px solid #fff; outline-offset: -6px;
        box-shadow: 0 0 0 3px #111; }
      button[data-unread]::after { content: ''; position: absolute; inset-block-start: 2px;
        inset-inline-end: 2px; inline-size: 14px; block-size: 14px; border-radius: 50%;
        background: #d92d20; border: 2px solid #fff; }
      svg { inline-size: 28px; block-size: 28px; fill: currentColor; }
      .x { display: none; } :host([data-open]) .x { display: block; }
      :host([data-open]) .c { display: none; }
      iframe { display: none; position: absolute; inset-block-end: 76px;
        inset-inline-end: 0; inline-size: min(400px, calc(100vw - 32px));
        block-size: min(640px, calc(100vh - 120px)); border: 0; border-radius: 18px;
        box-shadow: 0 12px 48px rgb(0 0 0 / .32); color-scheme: light dark; }
      :host([data-open]) iframe { display: block; }
      @media (max-width: 480px) {
        :host([data-open]) { inset: 0; }
        :host([data-open]) button { display: none; }
        iframe { position: fixed; inset: 0; inline-size: 100%; block-size: 100%;
          border-radius: 0; }
      }
      @media (prefers-reduced-motion: no-preference) {
        button { transition: transform .15s; } button:hover { transform: scale(1.06); }
      }`);
    root.adoptedStyleSheets = [sheet];
  }

  const PATHS = {
    c: 'M4 5a3 3 0 0 1 3-3h10a3 3 0 0 1 3 3v8a3 3 0 0 1-3 3h-5l-5 5v-5a3 3 0 0 1-3-3z',
    x: 'M18.3 5.7 12 12l6.3 6.3-1.4 1.4-6.3-6.3-6.3 6.3-1.4-1.4L9.2 12 2.9 5.7l1.4-1.4 6.3 6.3 6.3-6.3z',
  };
  function icon(name) {
    const ns = 'http://www.w3.org/2000/svg';
    const svg = document.createElementNS(ns, 'svg');
    const path = document.createElementNS(ns, 'path');
    svg.setAttribute('viewBox', '0 0 24 24');
    svg.setAttribute('aria-hidden', 'true');
    svg.setAttribute('class', name);
    path.setAttribute('d', PATHS[name]);
    svg.append(path);
    return svg;
  }

  function boot(options) {
    if (host) return;
    agent = (options && options.agent) || script.dataset.agent;
    if (!agent) {
      console.error('Switchboard: the script wants data-agent="..."');
      return;
    }
    host = document.createElement('switchboard-chat');
    root = host.attachShadow({ mode: 'open' });
    style();
    paint((options && options.color) || script.dataset.color);
    button = document.createElement('button');
    button.type = 'button';
    button.append(icon('c'), icon('x'));
    button.setAttribute('aria-expanded', 'false');
    button.setAttribute('aria-label', label());
    button.addEventListener('pointerenter', build, { once: true });
    button.addEventListener('focus', build, { once: true });
    button.addEventListener('click', () => toggle(!open));
    root.append(button);
    document.body.append(host);
    addEventListener('message', onMessage);
  }

  function destroy() {
    if (!host) return;
    removeEventListener('message', onMessage);
    host.remove();
    host = root = button = frame = undefined;
    open = loaded = false;
  }

  window.Switchboard = {
    boot, destroy, open: () => toggle(true), close: () => toggle(false),
  };
  if (document.body) boot();
  else addEventListener('DOMContentLoaded', () => boot());
})();
