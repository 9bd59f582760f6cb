// SPDX-License-Identifier: Apache-2.0
// The start page: lists the receptionists where the server tells of them.
const snippet = document.getElementById('snippet');
snippet.textContent = snippet.textContent.replace('/widget.js', location.origin + '/widget.js');

function desk(agent) {
  const item = document.createElement('li');
  const link = document.createElement('a');
  const what = document.createElement('span');
  link.href = '/chat/' + encodeURIComponent(agent.slug);
  link.textContent = agent.business;
  what.textContent = agent.vertical.replace(/_/g, ' ');
  if (/^#[0-9a-f]{6}$/i.test(agent.color)) link.style.setProperty('--brand', agent.color);
  link.append(what);
  item.append(link);
  return item;
}

const response = await fetch('/api/agents');
if (response.ok) {
  const { agents } = await response.json();
  document.getElementById('desks').append(...agents.map(desk));
  document.getElementById('demos').hidden = agents.length === 0;
}
