/**
 * The script of the pages: plain JavaScript for browsers, sent as it stands here. It takes the link out of the address bar, and
 * posts it to the path of the page when the button is pressed.
 */
export const FLOW_PAGE_SCRIPT = `'use strict';
(() => {
  const main = document.querySelector('main');
  const text = main.dataset;
  const add = (parent, name, properties) =>
    parent.appendChild(Object.assign(document.createElement(name), properties));
  const say = (line) => {
    main.querySelector('output')?.remove();
    add(main, 'output', { textContent: line });
  };
  const link = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
  history.replaceState(null, '', location.pathname);
  addEventListener('hashchange', () => location.reload());
  if (!link.token) return say('Open the link in the mail again.');

  const form = add(main, 'form', {});
  if (link.email) add(form, 'p', { textContent: link.email });
  let input;
  if (text.field) {
    const label = add(form, 'label', { textContent: text.label + ' ' });
    input = add(label, 'input', {
      type: 'password',
      name: text.field,
      required: text.required === 'yes',
      autocomplete: text.required === 'yes' ? 'new-password' : 'current-password',
    });
  }
  add(form, 'p', { textContent: text.hint });
  const button = add(form, 'button', { textContent: text.button });

  const refusal = ({ code, message }, response) => {
    if (code === 'AUTH_ACTION_TOKEN_INVALID')
      return 'This link is not valid: it was used, or it is too old. Ask for a new one.';
    if (code === 'AUTH_CREDENTIALS_INVALID') return 'The password is wrong.';
    if (code === 'AUTH_PASSWORD_REJECTED' || code === 'AUTH_REQUEST_INVALID') return message;
    const seconds = response.headers.get('Retry-After');
    if (response.status === 429 && seconds) return 'Too many tries: try again in ' + seconds + ' seconds.';
    return 'This did not work. Try again in a moment.';
  };
  const send = async () => {
    const response = await fetch(location.pathname, {
      method: 'POST',
      credentials: 'same-origin',
      referrerPolicy: 'no-referrer',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(input?.value ? { ...link, [input.name]: input.value } : link),
    });
    const body = await response.json().catch(() => ({}));
    if (!response.ok) return say(refusal(body, response));
    form.remove();
    if (body.restored === false)
      return say('Everyone is signed out. Another account has this address by now: ask the support.');
    say(body.credentials_voided ? text.done + ' A mail leads you to a new password.' : text.done);
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    button.disabled = true;
    send()
      .catch(() => say('This did not work. Try again in a moment.'))
      .finally(() => (button.disabled = false));
  });
})();
`;
