// As much of W3C WebDriver as a test needs: https://www.w3.org/TR/webdriver2/.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { until } from '../until.mjs';

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

export class WebDriver {
  // Starts the driver program and a session with these capabilities.
  static async start(program, capabilities, env) {
    const driver = await WebDriver.listening(program, env);
    try {
      const { sessionId, capabilities: given } = await driver.request('POST', '/session', { capabilities: { alwaysMatch: capabilities } });
      driver.session = `/session/${sessionId}`;
      driver.version = given.browserVersion;
    } catch (error) {
      driver.child.kill();
      throw error;
    }
    await driver.command('POST', '/timeouts', { script: 30_000, pageLoad: 30_000 });
    return driver;
  }

  // It cannot be asked for any free port, and one that was free a moment ago may be taken.
  static async listening(program, env) {
    for (let attempt = 1; ; ++attempt) {
      const driver = new WebDriver();
      const port = await freePort();
      driver.child = spawn(program, [`--port=${port}`, '--host=127.0.0.1'], { stdio: 'ignore', env });
      driver.address = `http://127.0.0.1:${port}`;
      await until(`${program} listens, or has ended`, () => driver.child.exitCode !== null || driver.request('GET', '/status'));
      if (driver.child.exitCode === null) return driver;
      if (attempt === 3) throw new Error(`${program} ended with ${driver.child.exitCode}`);
    }
  }

  async request(method, path, body) {
    const answer = await fetch(`${this.address}${path}`, { method, body: body && JSON.stringify(body) });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`${method} ${path}: ${value.error}: ${value.message}`);
    return value;
  }

  command(method, path, body) {
    return this.request(method, `${this.session}${path}`, body);
  }

  // What the function of the page gives, or what its promise comes to.
  async evaluate(code, argument) {
    const script = `const done = arguments[1];
      Promise.resolve().then(() => (${code})(arguments[0])).then((value) => done({ value }), (error) => done({ failed: String(error) }));`;
    const { value, failed } = await this.command('POST', '/execute/async', { script, args: [argument ?? null] });
    if (failed !== undefined) throw new Error(failed);
    return value;
  }

  async stop() {
    await this.request('DELETE', this.session).catch(() => undefined);
    if (this.child.exitCode !== null) return;
    this.child.kill();
    await once(this.child, 'exit');
  }
}
