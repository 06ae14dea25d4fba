// Entry of the worker. It is started with the page, long before a session, so that the decoder is ready when one opens.
import { Decoder } from './decoder.js';
import type { FromWorker, ToWorker } from './messages.js';
import { SpareSocket } from './spare_socket.js';
import { ViewerLink } from './viewer_link.js';
import { videoCapabilities } from './web_codecs.js';

declare const self: DedicatedWorkerGlobalScope;

type Start = Extract<ToWorker, { type: 'start' }>;

let giveModule: (module: WebAssembly.Module) => void;
const module = new Promise<WebAssembly.Module>((resolve) => {
  giveModule = resolve;
});
/** Known long before the first hello; one that comes earlier promises no video. */
let canDecode = 0;
void videoCapabilities().then((bits) => {
  canDecode = bits;
});
const spare = new SpareSocket();
let link: ViewerLink | null = null;
/** Messages for a session whose decoder is still on its way. */
let early: ToWorker[] | null = null;
let current = 0;

async function start(message: Start): Promise<void> {
  current = message.number;
  link?.close();
  link = null;
  early = [];
  spare.prepare(message.url);
  const tell = (body: Omit<FromWorker, 'number'>): void => {
    self.postMessage({ ...body, number: message.number });
  };
  try {
    const decoder = await Decoder.create(await module);
    if (current !== message.number) return;
    link = new ViewerLink(message, decoder, () => canDecode, () => spare.take(), tell);
    const waiting = early;
    early = null;
    for (const one of waiting ?? []) link.handle(one);
  } catch (error) {
    tell({ type: 'broken', text: error instanceof Error ? error.message : String(error) } as FromWorker);
  }
}

self.addEventListener('message', (event: MessageEvent<ToWorker>) => {
  const message = event.data;
  if (message.type === 'module') giveModule(message.module);
  else if (message.type === 'expect') spare.prepare(message.url);
  else if (message.type === 'start') void start(message);
  else if (link !== null) link.handle(message);
  else early?.push(message);
});
