// The page's end of the worker. The worker and the decoder are loaded with the page, so that a session finds them ready.
import type { FromWorker, FromWorkerBody, ToWorker } from '../decode/messages.js';
import type { Opens } from '../core/opening.js';
import type { ViewerFacts, WindowSize } from '../core/session.js';

export interface Session {
  send(message: Exclude<ToWorker, { type: 'module' | 'expect' | 'start' | 'forgetDevice' }>): void;
  close(): void;
}

export class SessionWorker {
  private readonly worker: Worker;
  private number = 0;
  private listener: ((message: FromWorkerBody) => void) | null = null;
  private broken: string | null = null;

  constructor(workerUrl: string, moduleUrl: string) {
    this.worker = new Worker(workerUrl, { name: 'vitrine' });
    this.worker.addEventListener('message', (event: MessageEvent<FromWorker>) => {
      if (event.data.number === this.number) this.listener?.(event.data);
    });
    this.worker.addEventListener('error', (event) => {
      this.fail(event.message === '' ? 'the worker could not be loaded' : event.message);
    });
    compile(moduleUrl).then(
      (module) => {
        this.post({ type: 'module', module });
      },
      (error: unknown) => {
        this.fail(error instanceof Error ? error.message : String(error));
      },
    );
  }

  /** Somebody is about to open a session: its link may be on its way by then. */
  expect(): void {
    this.post({ type: 'expect', url: viewerUrl() });
  }

  /** Nobody is signed in: what sessions kept on this device goes. */
  forgetDevice(): void {
    this.post({ type: 'forgetDevice' });
  }

  /** Opens a session on this canvas; the one before ends. `listener` hears of it until it is closed. */
  start(
    options: { canvas: HTMLCanvasElement; facts: ViewerFacts; size: WindowSize; opens: Opens | null },
    listener: (message: FromWorkerBody) => void,
  ): Session {
    this.number += 1;
    const number = this.number;
    this.listener = listener;
    const canvas = options.canvas.transferControlToOffscreen();
    this.post({ type: 'start', ...options, url: viewerUrl(), number, canvas }, [canvas]);
    const broken = this.broken;
    if (broken !== null) queueMicrotask(() => this.fail(broken));
    const send = (message: ToWorker): void => {
      if (number === this.number) this.post(message);
    };
    return {
      send,
      close: () => {
        send({ type: 'finish', cause: 'left', text: '' });
        if (number === this.number) this.listener = null;
      },
    };
  }

  private post(message: ToWorker, transfer: Transferable[] = []): void {
    this.worker.postMessage(message, transfer);
  }

  private fail(text: string): void {
    this.broken = text;
    this.listener?.({ type: 'broken', text });
  }
}

const viewerUrl = (): string => `wss://${location.host}/ws/view`;

async function compile(url: string): Promise<WebAssembly.Module> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`the decoder could not be loaded (${answer.status})`);
  return WebAssembly.compileStreaming(answer);
}
