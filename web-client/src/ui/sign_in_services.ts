// Signing in elsewhere: the buttons below the form, the way there, and the way back.
import type { Api, SignInService, User } from './api.js';
import { ApiError } from './api.js';
import { h } from './dom.js';
import { text } from './text.js';

/** Where the person wanted to go, kept for this tab alone while another site is shown. */
const kWanted = 'vitrine-wanted';

/** A button for each service, in the element; nothing when there are none. `failed` gets the sentence. Resolves to whether the server could be reached. */
export async function showServices(api: Api, into: HTMLElement, failed: (sentence: string) => void): Promise<boolean> {
  let services: readonly SignInService[];
  try {
    services = await api.signInServices();
  } catch (error) {
    // The form still works, and says itself what else is wrong.
    if (error instanceof ApiError) return !error.unreached;
    throw error;
  }
  into.hidden = services.length === 0;
  into.replaceChildren(
    h('p', { class: 'or' }, text.signIn.or),
    ...services.map((service) => {
      const button = h('button', { type: 'button', class: 'button wide' }, text.signIn.with(service.name));
      button.addEventListener('click', () => { void leave(api, service, button, failed); });
      return button;
    }),
  );
  return true;
}

async function leave(api: Api, service: SignInService, button: HTMLButtonElement, failed: (sentence: string) => void): Promise<void> {
  button.disabled = true;
  failed('');
  try {
    const location = await api.beginSignIn(service.id);
    sessionStorage.setItem(kWanted, window.location.hash);
    window.location.assign(location);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    button.disabled = false;
    failed(error.message);
  }
}

/** The user who came back, and the page's own address that was asked for before. */
export async function comeBack(api: Api, provider: string, answer: URLSearchParams): Promise<{ user: User; wanted: string }> {
  const wanted = sessionStorage.getItem(kWanted) ?? '';
  sessionStorage.removeItem(kWanted);
  const user = await api.finishSignIn(provider, answer);
  return { user, wanted: wanted.startsWith('#/') && !wanted.startsWith('#/return/') ? wanted : '' };
}
