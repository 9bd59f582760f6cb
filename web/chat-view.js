// SPDX-License-Identifier: Apache-2.0
// What a person sees and hears of the chat. Text only ever becomes text nodes.

const $ = (id) => document.getElementById(id);

function element(name, className, ...children) {
  const node = document.createElement(name);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

// Links and phone numbers become links, everything else text.
function richText(text) {
  const pattern = /(https?:\/\/[^\s<>"')\]]+)|(\+?\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4})/g;
  const nodes = [];
  let last = 0;
  for (const match of text.matchAll(pattern)) {
    nodes.push(text.slice(last, match.index));
    const link = element('a', '', match[0]);
    link.href = match[1] || 'tel:' + match[2].replace(/[^\d+]/g, '');
    if (match[1]) {
      link.target = '_blank';
      link.rel = 'noopener nofollow';
    }
    nodes.push(link);
    last = match.index + match[0].length;
  }
  nodes.push(text.slice(last));
  return nodes;
}

function isWebLink(url) {
  return /^https?:\/\//.test(url || '');
}

function sourceList(sources) {
  const seen = new Set();
  const list = element('ul', 'sources');
  list.setAttribute('aria-label', 'Sources');
  for (const source of sources.filter((s) => s.title)) {
    if (seen.has(source.url + source.title)) continue;
    seen.add(source.url + source.title);
    const label = isWebLink(source.url) ? element('a', '', source.title)
      : element('span', '', source.title);
    if (isWebLink(source.url)) {
      label.href = source.url;
      label.target = '_blank';
      label.rel = 'noopener';
    }
    list.append(element('li', isWebLink(source.url) ? 'web' : '', label));
    if (seen.size === 3) break;
  }
  return seen.size ? list : '';
}

// ---- colours: a brand colour is a wish, readable text is not (WCAG 2.2, 1.4.3) ----

function channels(hex) {
  return [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
}

function luminance(rgb) {
  const [r, g, b] = rgb.map((v) => {
    const c = v / 255;
    return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a, b) {
  const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p);
  return (x + 0.05) / (y + 0.05);
}

// The colour, moved towards white or black until it can be read on the background.
function readable(color, background) {
  const towards = luminance(background) < 0.4 ? 255 : 0;
  let rgb = color;
  for (let part = 0; contrast(rgb, background) < 4.6 && part < 1; part += 0.05) {
    rgb = color.map((c) => Math.round(c + (towards - c) * part));
  }
  return `rgb(${rgb.join(' ')})`;
}

export class ChatView extends EventTarget {
  constructor() {
    super();
    this.bubbles = new Map(); // message_id or seq -> item
    this.streams = new Map(); // message_id -> the answer's item
    this.notices = new Map(); // message_id -> what went wrong with it
    this.composer = $('composer');
    this.input = $('message');
    this.scroll = $('scroll');
    this.log = $('log');
    this.listen();
  }

  listen() {
    this.composer.addEventListener('submit', (event) => {
      event.preventDefault();
      this.submit(this.input.value);
    });
    this.input.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.submit(this.input.value);
      }
    });
    this.input.addEventListener('input', () => this.fit());
    this.scroll.addEventListener('keydown', (event) => this.walk(event));
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.emit('close');
    });
    $('close').addEventListener('click', () => this.emit('close'));
    $('restart').addEventListener('click', () => this.emit('restart'));
  }

  // Arrow keys go from message to message.
  walk(event) {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    const items = [...this.log.children];
    const at = items.indexOf(document.activeElement);
    const step = event.key === 'ArrowUp' ? -1 : 1;
    const next = items[at < 0 ? items.length - 1 : at + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
  }

  submit(text) {
    if (!text.trim()) return;
    this.input.value = '';
    this.fit();
    this.emit('say', text.trim());
    this.input.focus();
  }

  fit() {
    this.input.style.height = 'auto';
    this.input.style.height = Math.min(this.input.scrollHeight, 140) + 'px';
  }

  showAgent(agent) {
    document.title = agent.business;
    $('business').textContent = agent.business;
    $('avatar').textContent = [...agent.business][0] || '';
    $('chat').setAttribute('aria-busy', 'false');
    if (agent.phone) {
      $('call').href = 'tel:' + agent.phone.replace(/[^\d+]/g, '');
      $('call').setAttribute('aria-label', 'Call ' + agent.phone);
      $('call').hidden = false;
    }
    this.agent = agent;
    this.setBrand(agent.color);
    this.setStatus(true);
  }

  // White or black on the brand colour, whichever reads better; links in its nearest
  // readable relative, by day and by night.
  setBrand(color) {
    if (!/^#[0-9a-f]{6}$/i.test(color || '')) return;
    const brand = channels(color);
    const root = document.documentElement.style;
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const paint = () => {
      root.setProperty('--brand', color);
      root.setProperty('--on-brand', contrast(brand, [255, 255, 255]) >= 4.5 ? '#fff' : '#111');
      root.setProperty('--link', readable(brand, dark.matches ? [34, 42, 52] : [238, 241, 244]));
    };
    dark.addEventListener('change', paint);
    paint();
  }

  setStatus(online) {
    const agent = this.agent;
    $('banner').hidden = online;
    if (!online) $('banner').textContent = 'Connection lost. Your messages are kept and sent as soon as it is back.';
    if (!agent) return;
    const open = agent.open_now;
    $('dot').className = 'dot ' + (online ? (open === false ? 'closed' : 'open') : 'off');
    let text = agent.name ? agent.name + ' · ' : '';
    if (open === true) text += 'open now';
    else if (open === false) text += 'answers now' + (agent.next_open ? ', staff back ' + agent.next_open : '');
    else text += 'answers right away';
    $('status').textContent = online ? text : 'Reconnecting';
  }

  showChips(prompts) {
    $('chips').replaceChildren(...prompts.slice(0, 4).map((prompt) => {
      const chip = element('button', 'chip', prompt);
      chip.type = 'button';
      chip.addEventListener('click', () => this.submit(prompt));
      return chip;
    }));
  }

  clear() {
    this.bubbles.clear();
    this.streams.clear();
    this.log.replaceChildren();
  }

  // Following the newest message must not pull away somebody who reads above.
  keepDown(change) {
    const box = this.scroll;
    const near = box.scrollHeight - box.scrollTop - box.clientHeight < 80;
    change();
    if (near) box.scrollTop = box.scrollHeight;
  }

  addItem(key, who, text) {
    const body = element('div', 'text', ...richText(text));
    body.dir = 'auto';
    const label = element('span', 'hidden', who === 'user' ? 'You: ' : 'Reply: ');
    const item = element('li', 'message ' + (who === 'user' ? 'mine' : 'theirs'),
      element('article', 'bubble', label, body));
    item.tabIndex = -1;
    this.bubbles.set(key, item);
    this.keepDown(() => this.log.append(item));
    return item;
  }

  showGreeting(text) {
    if (text && !this.log.children.length) {
      this.addItem('greeting', 'assistant', text);
      this.announce(text);
    }
  }

  showMine(id, text) {
    const item = this.addItem(id, 'user', text);
    item.classList.add('pending');
    this.scroll.scrollTop = this.scroll.scrollHeight;
    $('chips').replaceChildren();
    $('restart').hidden = false;
  }

  markAccepted(id, seq) {
    const item = this.bubbles.get(id);
    if (!item) return;
    item.classList.remove('pending');
    this.notices.get(id)?.remove();
    this.notices.delete(id);
    this.bubbles.set(seq, item);
    this.typing(true);
  }

  delta(id, text) {
    this.typing(false);
    let item = this.streams.get(id);
    if (!item) {
      item = this.addItem('stream:' + id, 'assistant', '');
      this.streams.set(id, item);
    }
    this.keepDown(() => item.querySelector('.text').append(text));
  }

  // A finished message, streamed before or not; shown once.
  showMessage(message) {
    if (this.bubbles.has(message.seq)) return;
    const mine = message.role === 'user';
    if (mine && this.bubbles.has(message.message_id)) {
      this.markAccepted(message.message_id, message.seq);
      return;
    }
    const item = this.addItem(message.seq, message.role, message.text);
    if (!mine) this.finish(item, message.text, message.sources || []);
    $('chips').replaceChildren();
    $('restart').hidden = false;
  }

  done(id, answer) {
    this.typing(false);
    const item = this.streams.get(id) || (answer.response && !this.bubbles.has(answer.seq)
      ? this.addItem(answer.seq, 'assistant', '') : null);
    this.streams.delete(id);
    if (!item) return;
    this.bubbles.set(answer.seq, item);
    this.keepDown(() => {
      item.querySelector('.text').replaceChildren(...richText(answer.response));
      this.finish(item, answer.response, answer.sources);
      if (answer.lead && answer.intake.complete) item.classList.add('settled');
    });
  }

  finish(item, text, sources) {
    const list = sourceList(sources);
    if (list) item.querySelector('.bubble').append(list);
    this.announce(text);
  }

  fail(id, text, canRetry) {
    this.typing(false);
    const item = this.bubbles.get(id);
    if (item && !canRetry) item.classList.add('failed');
    this.notices.get(id)?.remove(); // said again, not said twice
    const note = element('li', 'notice', text);
    note.setAttribute('role', 'status');
    this.notices.set(id, note);
    this.keepDown(() => this.log.append(note));
  }

  typing(on) {
    this.keepDown(() => { $('typing').hidden = !on; });
  }

  announce(text) {
    $('announce').textContent = text;
  }

  emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
