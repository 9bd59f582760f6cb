// SPDX-License-Identifier: Apache-2.0
// The chat's connection: one WebSocket that comes back by itself, goes on after the
// last sequence number, and sends again what was not acknowledged. A message keeps its
// id when it is sent again, so the server takes it once.

const FIRST_DELAY = 500;
const MAX_DELAY = 20000;
const PING_EVERY = 25000;
const ANSWER_WITHIN = 10000;

export class ChatSocket extends EventTarget {
  constructor(agent, ids, context) {
    super();
    this.agent = agent;
    this.ids = ids; // { visitor, conversation }
    this.context = context;
    this.seen = 0; // highest sequence number shown
    this.unsent = new Map(); // message_id -> text, until accepted
    this.delay = FIRST_DELAY;
    this.ready = false;
    addEventListener('online', () => this.retryNow());
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) this.retryNow();
    });
    this.connect();
  }

  connect() {
    clearTimeout(this.timer);
    const scheme = location.protocol === 'https:' ? 'wss://' : 'ws://';
    const socket = new WebSocket(scheme + location.host + '/api/chat/ws');
    this.socket = socket;
    socket.onopen = () => this.sendFrame({
      type: 'hello', agent_id: this.agent, visitor_id: this.ids.visitor || undefined,
      conversation_id: this.ids.conversation || undefined, after: this.seen,
    });
    socket.onmessage = (event) => this.receive(JSON.parse(event.data));
    socket.onclose = () => this.lost(socket);
    this.watch = setTimeout(() => socket.close(), ANSWER_WITHIN);
  }

  // Comes back later, with jitter so that a restarted server is not stormed; never
  // gives up while somebody looks at the page.
  lost(socket) {
    if (socket !== this.socket) return;
    clearTimeout(this.watch);
    clearInterval(this.pinger);
    this.ready = false;
    this.emit('offline');
    this.timer = setTimeout(() => this.connect(), this.delay * (0.5 + Math.random()));
    this.delay = Math.min(this.delay * 2, MAX_DELAY);
  }

  retryNow() {
    if (this.ready || this.socket.readyState === WebSocket.CONNECTING) return;
    this.delay = FIRST_DELAY;
    this.socket.onclose = null;
    this.socket.close();
    this.connect();
  }

  receive(frame) {
    clearTimeout(this.watch);
    switch (frame.type) {
      case 'welcome':
        this.welcome(frame);
        break;
      case 'accepted':
        this.unsent.delete(frame.message_id);
        this.ids.conversation = frame.conversation_id;
        this.ids.visitor = frame.visitor_id;
        this.sawSeq(frame.seq);
        break;
      case 'message':
        this.unsent.delete(frame.message.message_id);
        this.sawSeq(frame.message.seq);
        break;
      case 'done':
        this.sawSeq(frame.answer.seq);
        break;
      case 'error':
        if (frame.retry_after_ms && frame.message_id) {
          setTimeout(() => this.resend(frame.message_id), frame.retry_after_ms);
        } else {
          this.unsent.delete(frame.message_id);
        }
        break;
    }
    this.emit(frame.type, frame);
  }

  welcome(frame) {
    this.ids.visitor = frame.visitor_id;
    if (this.ids.conversation !== frame.conversation_id) this.seen = 0;
    this.ids.conversation = frame.conversation_id;
    this.ready = true;
    this.delay = FIRST_DELAY;
    clearInterval(this.pinger);
    this.pinger = setInterval(() => {
      this.sendFrame({ type: 'ping' });
      this.watch = setTimeout(() => this.socket.close(), ANSWER_WITHIN);
    }, PING_EVERY);
    for (const id of this.unsent.keys()) this.resend(id);
  }

  sawSeq(seq) {
    if (seq > this.seen) this.seen = seq;
  }

  say(text) {
    const id = crypto.randomUUID ? crypto.randomUUID()
      : Date.now().toString(36) + '-' + Math.random().toString(36).slice(2);
    this.unsent.set(id, text);
    if (this.ready) this.resend(id);
    return id;
  }

  resend(id) {
    const text = this.unsent.get(id);
    if (text === undefined || !this.ready) return;
    this.sendFrame({ type: 'message', message_id: id, message: text, context: this.context });
  }

  sendFrame(frame) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  // Forgets the conversation, keeps the visitor.
  restart() {
    this.ids.conversation = null;
    this.seen = 0;
    this.unsent.clear();
    this.socket.onclose = null;
    this.socket.close();
    this.connect();
  }

  emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
