/**
 * Runs in a page, and gives every string that a script there can reach: properties of all objects from `window` on, accessors,
 * symbols, maps and sets included, the document, storages, databases, caches, cookies, the address, and what was loaded.
 */
export const REACHABLE_STRINGS = `(async () => {
  const MOST = 300_000;
  const strings = new Set();
  const seen = new Set();
  const queue = [window, document, history.state, performance.getEntries().map((entry) => entry.toJSON())];
  const add = (value) => {
    if (typeof value === 'string') strings.add(value);
    else if (value !== null && (typeof value === 'object' || typeof value === 'function') && !seen.has(value)) {
      seen.add(value);
      queue.push(value);
    }
  };
  const attempt = (read) => {
    try {
      add(read());
    } catch {}
  };
  const walk = () => {
    while (queue.length > 0) {
      if (seen.size > MOST) throw new Error('the page has more objects than this looks at');
      const value = queue.pop();
      if (value === null || value === undefined) continue;
      if (value instanceof Map) for (const pair of value) pair.forEach(add);
      if (value instanceof Set) value.forEach(add);
      for (const key of Reflect.ownKeys(value)) {
        if (typeof key === 'string') strings.add(key);
        attempt(() => value[key]);
      }
      attempt(() => Object.getPrototypeOf(value));
      for (let proto = Object.getPrototypeOf(value); proto && proto !== Object.prototype; proto = Object.getPrototypeOf(proto))
        for (const [key, { get }] of Object.entries(Object.getOwnPropertyDescriptors(proto)))
          if (get) attempt(() => value[key]);
    }
  };
  walk();
  for (const text of [document.documentElement.outerHTML, location.href, document.referrer, document.cookie, window.name]) add(text);
  for (const field of document.querySelectorAll('input, textarea')) add(field.value);
  for (const storage of [localStorage, sessionStorage]) for (const pair of Object.entries(storage)) pair.forEach(add);
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      add(request.url);
      add(await (await cache.match(request)).text());
    }
  }
  const settled = (request) => new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
  for (const { name } of await indexedDB.databases()) {
    const database = await settled(indexedDB.open(name));
    for (const store of database.objectStoreNames)
      queue.push(await settled(database.transaction(store).objectStore(store).getAll()));
    database.close();
  }
  walk();
  return [...strings];
})()`;
