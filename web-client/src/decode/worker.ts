// Entry of the worker. It is started with the page, long before a session, so that the decoder is ready when one opens.
import { kCanKeepSnapshots } from '../wire/messages.gen.js';
import type { FromWorker, ToWorker } from './messages.js';
import { openStore } from './snapshot_store.js';
import { forgetAll, Snapshots } from './snapshots.js';
import { SpareSocket } from './spare_socket.js';
import { ViewerLink } from './viewer_link.js';
import { videoCapabilities } from './web_codecs.js';

declare const self: DedicatedWorkerGlobalScope;

type Start = Extract<ToWorker, { type: 'start' }>;

let giveModule: (module: WebAssembly.Module) => void;
const module = new Promise<WebAssembly.Module>((resolve) => {
  giveModule = resolve;
});
/** A browser that takes longer to say what it decodes is not waited for: its hello promises no video. */
const kCapabilitiesMs = 250;
let canDecode = 0;
const asked = videoCapabilities().then((bits) => {
  canDecode = bits;
});
const capabilities = Promise.race([asked, new Promise<void>((resolve) => { setTimeout(resolve, kCapabilitiesMs); })]);
const store = openStore();
/** Known long before the first hello, like what it can decode. */
let canKeep = 0;
void store.then((opened) => {
  canKeep = opened === null ? 0 : kCanKeepSnapshots;
});
const spare = new SpareSocket();
let link: ViewerLink | null = null;
/** Messages for a session that is not begun yet. */
let early: ToWorker[] | null = null;
let current = 0;

async function start(message: Start): Promise<void> {
  current = message.number;
  link?.close();
  link = null;
  early = [];
  const snapshots = new Snapshots(store, navigator.locks);
  const tell = (body: Omit<FromWorker, 'number'>): void => {
    self.postMessage({ ...body, number: message.number });
  };
  try {
    // The hello goes with the upgrade, so that the link need not wait for the decoder; what the device has comes first.
    const { opens, facts } = message;
    const found = opens === null ? null : snapshots.find(opens.session || opens.resource, facts.monitor);
    await Promise.all([capabilities, found]);
    if (current !== message.number) return snapshots.close();
    const begun = new ViewerLink(message, snapshots, () => canDecode | canKeep, () => spare.take(), tell);
    link = begun;
    const waiting = early;
    early = null;
    for (const one of waiting ?? []) link.handle(one);
    await begun.load(await module);
  } catch (error) {
    tell({ type: 'broken', text: error instanceof Error ? error.message : String(error) } as FromWorker);
  }
}

function forgetDevice(): void {
  link?.forgetSnapshot();
  void forgetAll(store);
}

self.addEventListener('message', (event: MessageEvent<ToWorker>) => {
  const message = event.data;
  if (message.type === 'module') giveModule(message.module);
  else if (message.type === 'expect') spare.prepare(message.url);
  else if (message.type === 'start') void start(message);
  else if (message.type === 'forgetDevice') forgetDevice();
  else if (link !== null) link.handle(message);
  else early?.push(message);
});
