// A headless Chromium for the tests of the report page, driven through a pipe with the DevTools protocol.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--hide-scrollbars',
  '--no-first-run',
  '--disable-extensions',
  '--disable-background-networking',
  '--disable-component-update',
  '--allow-file-access-from-files',
  '--remote-debugging-pipe',
];

// start: a browser with one open page. errors: what its console complained of; requests: all that it asked for.
export async function start({ width = 1280, height = 900, program = 'chromium' } = {}) {
  const profile = mkdtempSync(join(tmpdir(), 'deltasweep-browser-'));
  const child = spawn(program, [...FLAGS, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  const waiting = new Map();
  const page = { errors: [], requests: [] };
  const listeners = [];
  let last = 0,
    session,
    rest = '';

  child.stdio[4].setEncoding('utf8').on('data', (text) => {
    const messages = (rest + text).split('\0');
    rest = messages.pop();
    for (const message of messages) take(JSON.parse(message));
  });

  function take(message) {
    if (message.id) {
      const { resolve, reject } = waiting.get(message.id) ?? { resolve() {}, reject() {} };
      waiting.delete(message.id);
      return message.error ? reject(new Error(message.error.message)) : resolve(message.result);
    }
    const { method, params } = message;
    if (method === 'Network.requestWillBeSent') page.requests.push(params.request.url);
    if (method === 'Runtime.exceptionThrown')
      page.errors.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
    if (method === 'Runtime.consoleAPICalled' && ['error', 'warning', 'assert'].includes(params.type))
      page.errors.push(params.args.map((a) => a.value ?? a.description).join(' '));
    if (method === 'Log.entryAdded' && ['error', 'warning'].includes(params.entry.level))
      page.errors.push(params.entry.text);
    for (const listener of listeners) listener(method, params);
  }

  function send(method, params = {}, sessionId = session) {
    const id = ++last;
    child.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
  }

  const event = (name) =>
    new Promise((resolve) => {
      const listener = (method) => {
        if (method !== name) return;
        listeners.splice(listeners.indexOf(listener), 1);
        resolve();
      };
      listeners.push(listener);
    });

  const { targetInfos } = await send('Target.getTargets');
  const { targetId } = targetInfos.find((t) => t.type === 'page');
  session = (await send('Target.attachToTarget', { targetId, flatten: true })).sessionId;
  for (const domain of ['Page', 'Runtime', 'Network', 'Log']) await send(`${domain}.enable`);

  // size: of the view. media: 'screen' or 'print', colours 'light' or 'dark'.
  page.size = (w, h, scale = 1) =>
    send('Emulation.setDeviceMetricsOverride', { width: w, height: h, deviceScaleFactor: scale, mobile: false });
  page.media = (media, colours) =>
    send('Emulation.setEmulatedMedia', { media, features: [{ name: 'prefers-color-scheme', value: colours }] });
  page.open = async (url) => {
    const loaded = event('Page.loadEventFired');
    await send('Page.navigate', { url });
    await loaded;
  };
  // run: a function of this file in the page, with arguments that are JSON; its result, or the promise's.
  page.run = async (f, ...given) => {
    const expression = `(${f})(${given.map((g) => JSON.stringify(g)).join(', ')})`;
    const { result, exceptionDetails } = await send('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
  page.mouse = (type, x, y, buttons = 0) =>
    send('Input.dispatchMouseEvent', {
      type,
      x,
      y,
      button: type === 'mouseMoved' && !buttons ? 'none' : 'left',
      buttons,
      clickCount: 1,
    });
  page.click = async (x, y) => {
    await page.mouse('mouseMoved', x, y);
    await page.mouse('mousePressed', x, y, 1);
    await page.mouse('mouseReleased', x, y);
  };
  page.drag = async (from, to) => {
    await page.mouse('mouseMoved', ...from);
    await page.mouse('mousePressed', ...from, 1);
    for (let k = 1; k <= 4; k++)
      await page.mouse('mouseMoved', from[0] + ((to[0] - from[0]) * k) / 4, from[1] + ((to[1] - from[1]) * k) / 4, 1);
    await page.mouse('mouseReleased', ...to);
  };
  // touch: a finger that goes from one place to another.
  page.touch = async (from, to) => {
    const at = (type, points) =>
      send('Input.dispatchTouchEvent', { type, touchPoints: points.map(([x, y]) => ({ x, y })) });
    await send('Emulation.setTouchEmulationEnabled', { enabled: true });
    await at('touchStart', [from]);
    for (let k = 1; k <= 6; k++)
      await at('touchMove', [[from[0] + ((to[0] - from[0]) * k) / 6, from[1] + ((to[1] - from[1]) * k) / 6]]);
    await at('touchEnd', []);
    await send('Emulation.setTouchEmulationEnabled', { enabled: false });
  };
  page.key = async (key, text) => {
    const codes = {
      Enter: 13,
      Escape: 27,
      Tab: 9,
      ArrowDown: 40,
      ArrowUp: 38,
      End: 35,
      Home: 36,
      PageDown: 34,
      ' ': 32,
    };
    const shared = {
      key,
      code: key === ' ' ? 'Space' : key,
      windowsVirtualKeyCode: codes[key] ?? key.toUpperCase().charCodeAt(0),
    };
    const typed = text ?? (key === 'Enter' ? '\r' : key.length === 1 ? key : undefined);
    await send('Input.dispatchKeyEvent', { type: typed ? 'keyDown' : 'rawKeyDown', text: typed, ...shared });
    await send('Input.dispatchKeyEvent', { type: 'keyUp', ...shared });
  };
  page.picture = async (file, whole = false) => {
    const { data } = await send('Page.captureScreenshot', { format: 'png', captureBeyondViewport: whole });
    writeFileSync(file, Buffer.from(data, 'base64'));
  };
  page.pdf = async (file) => {
    const { data } = await send('Page.printToPDF', { printBackground: true, preferCSSPageSize: true });
    writeFileSync(file, Buffer.from(data, 'base64'));
  };
  page.end = async () => {
    child.stdio[3].write(`${JSON.stringify({ id: ++last, method: 'Browser.close' })}\0`);
    const late = setTimeout(() => child.kill('SIGKILL'), 3000);
    await ended;
    clearTimeout(late);
    rmSync(profile, { recursive: true, force: true });
  };
  // busy: milliseconds that the page's thread has worked so far, whatever else the machine does.
  page.busy = async () => {
    const { metrics } = await send('Performance.getMetrics');
    return 1000 * metrics.find((m) => m.name === 'TaskDuration').value;
  };
  await send('Performance.enable', { timeDomain: 'threadTicks' });
  await page.size(width, height);
  return page;
}
