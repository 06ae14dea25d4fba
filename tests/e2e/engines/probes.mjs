// What a browser can, asked of the browser itself. Runs in the page; gives [feature, true, false or a word] of each.
export async function probe() {
  const has = (test) => { try { return Boolean(test()); } catch { return false; } };
  const decodes = async (codec) => {
    if (typeof VideoDecoder === 'undefined') return false;
    return VideoDecoder.isConfigSupported({ codec, codedWidth: 1280, codedHeight: 720, optimizeForLatency: true })
      .then(({ supported }) => supported === true, () => false);
  };
  // A browser that knows an option reads it, also where it then refuses the call.
  const reads = (option, call) => {
    let read = false;
    try {
      Promise.resolve(call({ get [option]() { read = true; return undefined; } })).catch(() => undefined);
    } catch {
      // refused at once
    }
    return read;
  };
  const permission = (name) => navigator.permissions.query({ name }).then(({ state }) => state, () => 'no such permission');
  const element = document.createElement('div');
  const simd = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11]);
  const wakeLock = async () => {
    if (!('wakeLock' in navigator)) return false;
    return navigator.wakeLock.request('screen').then((lock) => lock.release().then(() => true), ({ name }) => `refused (${name})`);
  };
  return Object.entries({
    'WebAssembly SIMD': has(() => WebAssembly.validate(simd)),
    'OffscreenCanvas, 2d': has(() => new OffscreenCanvas(1, 1).getContext('2d') && document.createElement('canvas').transferControlToOffscreen()),
    'WebCodecs: H.264': await decodes('avc1.42E02A'),
    'WebCodecs: H.264 4:4:4': await decodes('avc1.F4002A'),
    'WebCodecs: VP8': await decodes('vp8'),
    'WebCodecs: VP9': await decodes('vp09.00.40.08'),
    'WebCodecs: VP9 4:4:4': await decodes('vp09.01.40.08.03'),
    'WebCodecs: AV1': await decodes('av01.0.08M.08'),
    'ImageDecoder': has(() => ImageDecoder),
    'WebTransport': has(() => WebTransport),
    'Size of the page in device pixels': has(() => 'devicePixelContentBoxSize' in ResizeObserverEntry.prototype),
    'Keyboard lock (navigator.keyboard)': has(() => typeof navigator.keyboard.lock === 'function'),
    'Keyboard lock (full screen option)': reads('keyboardLock', (options) => element.requestFullscreen(options)),
    'Keyboard layout map': has(() => typeof navigator.keyboard.getLayoutMap === 'function'),
    'Pointer lock': has(() => typeof element.requestPointerLock === 'function'),
    'Pointer lock without acceleration': reads('unadjustedMovement', (options) => element.requestPointerLock(options)),
    'Raw pointer moves (pointerrawupdate)': has(() => 'onpointerrawupdate' in window),
    'Coalesced pointer moves': has(() => typeof PointerEvent.prototype.getCoalescedEvents === 'function'),
    'Full screen': has(() => document.fullscreenEnabled),
    'Touch events': has(() => TouchEvent),
    'Pen: pressure and tilt': has(() => 'pressure' in PointerEvent.prototype && 'tiltX' in PointerEvent.prototype),
    'Pen: angles': has(() => 'altitudeAngle' in PointerEvent.prototype),
    'Virtual keyboard policy': has(() => 'virtualKeyboard' in navigator),
    'Clipboard: read by script': has(() => typeof navigator.clipboard.read === 'function'),
    'Clipboard: write by script': has(() => typeof navigator.clipboard.write === 'function'),
    'Clipboard: permission to read': await permission('clipboard-read'),
    'Clipboard: permission to write': await permission('clipboard-write'),
    'Clipboard: told of changes': has(() => 'onclipboardchange' in navigator.clipboard),
    'Clipboard: PNG and HTML': has(() => ClipboardItem.supports('image/png') && ClipboardItem.supports('text/html')),
    'Wake lock': await wakeLock(),
    'Window management': has(() => typeof window.getScreenDetails === 'function'),
    'Service worker': has(() => 'serviceWorker' in navigator),
    'Offers to install (PWA)': has(() => 'onbeforeinstallprompt' in window),
    'Notifications': has(() => Notification),
    'Long tasks are told': has(() => PerformanceObserver.supportedEntryTypes.includes('longtask')),
  });
}
