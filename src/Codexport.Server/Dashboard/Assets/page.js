// What makes the pages live: each works without it, too. Sections marked data-part are exchanged for the server's newest when it tells of a change.
(() => {
  'use strict';
  document.documentElement.classList.add('scripted');
  const live = document.getElementById('live');
  const liveText = document.getElementById('live-text');
  const told = document.getElementById('told');
  let asked = 0;

  // Exchanges what differs. Whoever has the focus or a folded part open keeps it.
  function take(html) {
    const fresh = new DOMParser().parseFromString(html, 'text/html');
    for (const part of document.querySelectorAll('[data-part]')) {
      const next = fresh.getElementById(part.id);
      // The page has another shape by now, as an empty fleet's after the first join.
      if (!next) { location.reload(); return; }
      if (next.innerHTML !== part.dataset.was) {
        const focus = document.activeElement && part.contains(document.activeElement) ? document.activeElement.id : '';
        const folded = [...part.querySelectorAll('details')].map(item => item.open);
        const checked = [...part.querySelectorAll('input[type=checkbox]:checked')].map(item => item.id);
        part.dataset.was = next.innerHTML;
        part.replaceChildren(...next.childNodes);
        part.querySelectorAll('details').forEach((item, index) => { item.open = folded[index] ?? item.open; });
        checked.forEach(id => { const box = document.getElementById(id); if (box) { box.checked = true; } });
        if (focus) { document.getElementById(focus)?.focus(); }
      }
    }
    age();
  }

  async function load(address) {
    const mine = ++asked;
    const answer = await fetch(address, { credentials: 'same-origin' });
    if (mine === asked && answer.ok) {
      take(await answer.text());
      return true;
    }
    return false;
  }

  // How long ago: said as the server says it (Words.cs).
  function say(seconds) {
    const minutes = seconds / 60, hours = minutes / 60;
    if (seconds < 45) { return 'just now'; }
    if (minutes < 90) { return `${Math.max(1, Math.round(minutes))} min ago`; }
    if (hours < 36) { return `${Math.round(hours)} h ago`; }
    const days = Math.round(hours / 24);
    return `${days} ${days === 1 ? 'day' : 'days'} ago`;
  }

  function age() {
    for (const time of document.querySelectorAll('time[datetime]')) {
      const seconds = (Date.now() - Date.parse(time.dateTime)) / 1000;
      if (seconds > -90) { time.textContent = say(seconds); }
    }
  }

  function setLive(on, text) {
    live.classList.toggle('off', !on);
    if (liveText.textContent !== text) { liveText.textContent = text; }
  }

  // Each page keeps the text of its parts as it came, to see what differs later.
  document.querySelectorAll('[data-part]').forEach(part => { part.dataset.was = part.innerHTML; });

  // A browser has few connections to one server: a page that nobody sees lets go of its own. What it missed it gets when it is seen again.
  let feed = null, waits = false;
  function renew() {
    if (waits) { return; }
    waits = true;
    setTimeout(() => { waits = false; load(location.href).catch(() => setLive(false, 'Not connected')); }, 200);
  }
  function listen() {
    feed?.close();
    feed = null;
    if (document.hidden) { return; }
    feed = new EventSource(document.body.dataset.live);
    feed.addEventListener('change', () => { setLive(true, 'Live'); renew(); });
    feed.addEventListener('open', () => setLive(true, 'Live'));
    feed.addEventListener('error', () => setLive(false, feed?.readyState === EventSource.CLOSED ? 'The master has stopped' : 'Not connected'));
  }
  document.addEventListener('visibilitychange', listen);
  addEventListener('pagehide', () => feed?.close());
  addEventListener('pageshow', event => { if (event.persisted) { listen(); } });
  listen();

  const search = document.querySelector('[data-search]');
  if (search) {
    let timer = 0;
    const show = () => {
      const query = new URLSearchParams(new FormData(search));
      for (const [name, value] of [...query]) { if (!value) { query.delete(name); } }
      const address = `${search.action}${query.size ? '?' : ''}${query}`;
      history.replaceState(null, '', address);
      load(address).then(done => { if (done) { told.textContent = document.getElementById('found')?.textContent ?? ''; } }).catch(() => setLive(false, 'Not connected'));
    };
    search.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(show, 200); });
    search.addEventListener('submit', event => { event.preventDefault(); clearTimeout(timer); show(); });
  }

  document.addEventListener('click', async event => {
    const button = event.target.closest('[data-copy]');
    if (!button) { return; }
    const field = document.getElementById(button.dataset.copy);
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      told.textContent = 'Copied';
      button.firstChild.textContent = 'Copied';
    } catch {
      told.textContent = 'Selected: copy it with the keyboard';
      button.firstChild.textContent = 'Selected';
    }
    setTimeout(() => { button.firstChild.textContent = 'Copy'; }, 2000);
  });

  setInterval(age, 20000);
})();
