import { describe, expect, it } from '@jest/globals';
import { readOrigin } from './web-origin.js';

describe('readOrigin', () => {
  it.each([
    ['https://app.example.com', 'https://app.example.com'],
    ['https://app.example.com/', 'https://app.example.com'],
    ['https://app.example.com:443', 'https://app.example.com'],
    ['http://app.example.com:80/', 'http://app.example.com'],
    ['https://app.example.com:8443/', 'https://app.example.com:8443'],
    ['HTTPS://App.Example.COM', 'https://app.example.com'],
    ['https://bücher.example', 'https://xn--bcher-kva.example'],
    ['https://BÜCHER.example:443/', 'https://xn--bcher-kva.example'],
    ['https://xn--bcher-kva.example', 'https://xn--bcher-kva.example'],
    ['http://localhost:5173', 'http://localhost:5173'],
    ['http://127.1:3000', 'http://127.0.0.1:3000'],
    ['http://[0:0::1]:3000', 'http://[::1]:3000'],
    ['capacitor://localhost', 'capacitor://localhost'],
    ['ionic://localhost/', 'ionic://localhost'],
    ['tauri://localhost', 'tauri://localhost'],
    ['App://Name', 'app://name'],
    ['chrome-extension://abcdefghijklmnop', 'chrome-extension://abcdefghijklmnop'],
  ])('takes "%s" for %s', (text, origin) => {
    expect(readOrigin(text)).toEqual({ origin });
  });

  it.each<[unknown, RegExp]>([
    [1, /a text/],
    [undefined, /a text/],
    [['https://app.example.com'], /a text/],
    ['', /a text/],
    [`https://${'x'.repeat(300)}.example`, /a text/],
    ['null', /"null"/],
    ['NULL', /"null"/],
    ['*', /"\*"/],
    ['https://*.example.com', /"\*"/],
    [' https://app.example.com', /spaces/],
    ['https://app.exa\nmple.com', /spaces/],
    ['app.example.com', /scheme/],
    ['localhost:5173', /scheme/],
    ['//app.example.com', /scheme/],
    ['mailto:ada@example.com', /scheme/],
    ['file:///index.html', /pages of file: send "null"/],
    ['data://x', /pages of data:/],
    ['wss://app.example.com', /https: in place of wss:/],
    ['ws://app.example.com', /http: in place of ws:/],
    ['ftp://app.example.com', /https: in place of ftp:/],
    ['https://ada@app.example.com', /user name/],
    ['https://ada:secret@app.example.com', /user name/],
    ['https://app.example.com/app', /without a path/],
    ['https://app.example.com//', /without a path/],
    ['https://app.example.com?a=1', /a query/],
    ['https://app.example.com/#', /a fragment/],
    ['https://app.example.com\\x', /without a path/],
    ['app://name/index.html', /without a path/],
    ['https://', /host name/],
    ['capacitor://', /host name/],
    ['https://app.example.com:99999', /host name/],
    ['https://a,b', /host name/],
    ['app://näme', /host name/],
  ])('refuses %j and says why', (text, why) => {
    expect(readOrigin(text)).toEqual({ wrong: expect.stringMatching(why) });
  });
});
