// SPDX-License-Identifier: Apache-2.0
// The chat page: on its own at /chat/<agent>, or inside the widget's frame. A frame gets
// the visitor's ids from the page around it, which keeps them in first-party storage;
// messages are exchanged with exactly that page's origin.
import { ChatSocket } from '/chat-socket.js';
import { ChatView } from '/chat-view.js';

const agentRef = decodeURIComponent(location.pathname.split('/')[2] || '');
const query = new URLSearchParams(location.search);
const parentOrigin = query.get('origin');
const embedded = query.has('embed') && window.parent !== window && Boolean(parentOrigin);
const storeKey = 'switchboard:' + agentRef;
const view = new ChatView();
let socket;

function tell(message) {
  if (embedded) window.parent.postMessage({ switchboard: 1, ...message }, parentOrigin);
}

function load() {
  try {
    return JSON.parse(localStorage.getItem(storeKey)) || {};
  } catch {
    return {};
  }
}

function save(ids) {
  const state = { visitor: ids.visitor || null, conversation: ids.conversation || null };
  if (embedded) {
    tell({ type: 'ids', ...state });
    return;
  }
  try {
    localStorage.setItem(storeKey, JSON.stringify(state));
  } catch { /* private browsing: the chat works, it is just not remembered */ }
}

// What the page around the frame told us, or our own storage.
function identity() {
  if (!embedded) return Promise.resolve({ ids: load(), context: { url: location.href } });
  return new Promise((resolve) => {
    addEventListener('message', (event) => {
      if (event.origin !== parentOrigin || event.source !== window.parent) return;
      const data = event.data;
      if (!data || data.switchboard !== 1) return;
      if (data.type === 'init') resolve({ ids: data.ids || {}, context: data.context || {} });
      if (data.type === 'open') document.getElementById('message').focus();
    });
    tell({ type: 'ready' });
  });
}

async function fetchAgent() {
  for (let wait = 500; ; wait = Math.min(wait * 2, 10000)) {
    try {
      const response = await fetch('/api/agents/' + encodeURIComponent(agentRef) + '/public');
      if (response.ok) return response.json();
      if (response.status === 404) location.reload();
    } catch { /* the server is away: try again */ }
    view.setStatus(false);
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

function connect(agent, ids, context) {
  socket = new ChatSocket(agentRef, ids, context);
  const on = (name, handler) => socket.addEventListener(name, (event) => handler(event.detail));
  on('welcome', (frame) => {
    view.setStatus(true);
    save(socket.ids);
    if (!frame.conversation_id) view.showGreeting(frame.greeting || agent.greeting);
  });
  on('offline', () => view.setStatus(false));
  on('accepted', (frame) => {
    view.markAccepted(frame.message_id, frame.seq);
    save(socket.ids);
  });
  on('typing', (frame) => view.typing(frame.on));
  on('delta', (frame) => view.delta(frame.message_id, frame.text));
  on('message', (frame) => {
    view.showMessage(frame.message);
    if (frame.message.role !== 'user') tell({ type: 'said' });
  });
  on('done', (frame) => {
    view.done(frame.message_id, frame.answer);
    tell({ type: 'said' });
  });
  on('error', (frame) => {
    // What passes is tried again by itself; before the welcome the banner says so.
    if (!frame.message_id && frame.retry_after_ms) view.setStatus(false);
    else view.fail(frame.message_id, frame.message, frame.retry_after_ms);
  });
}

view.addEventListener('say', (event) => {
  if (!socket) return;
  const id = socket.say(event.detail);
  view.showMine(id, event.detail);
});
view.addEventListener('close', () => tell({ type: 'close' }));
view.addEventListener('restart', () => {
  view.clear();
  view.showChips(view.agent.quick_prompts);
  document.getElementById('restart').hidden = true;
  socket.restart();
});

const [agent, { ids, context }] = await Promise.all([fetchAgent(), identity()]);
view.showAgent(agent);
tell({ type: 'brand', color: agent.color });
if (embedded) document.getElementById('close').hidden = false;
if (!ids.conversation) view.showChips(agent.quick_prompts);
connect(agent, { visitor: ids.visitor || null, conversation: ids.conversation || null }, context);
