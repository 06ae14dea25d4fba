// Chromium, by the DevTools protocol.
import { X509Certificate, createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { kBrowserStartMs } from '../until.mjs';

export async function launchChromium(device, site) {
  const certificate = new X509Certificate(await readFile(path.join(site.data, 'tls/cert.pem')));
  const key = certificate.publicKey.export({ type: 'spki', format: 'der' });
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: false,
    timeout: kBrowserStartMs,
    env: device.environment(),
    args: [
      '--no-sandbox', '--test-type', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync',
      `--ignore-certificate-errors-spki-list=${createHash('sha256').update(key).digest('base64')}`,
    ],
  });
  // The window's own size; what the site may do is what a person would have allowed it.
  const context = await browser.newContext({ viewport: null, permissions: ['clipboard-read', 'clipboard-write', 'screen-wake-lock'] });
  const page = await context.newPage();
  const problems = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  return {
    version: browser.version(),
    problems,
    open: (url) => page.goto(url),
    evaluate: (act, argument) => page.evaluate(act, argument),
    stop: () => browser.close(),
  };
}
