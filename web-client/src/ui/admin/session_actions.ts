// What an administrator can do to a running session.
import { confirm } from '../dialog.js';
import type { AdminApp } from './admin_app.js';
import { formDialog } from './form_dialog.js';
import type { LiveSession } from './live_model.js';
import { text } from './text_admin.js';

const t = text.sessions;
/** The server takes no more. */
const kLongestMessage = 500;

export async function sendMessage(app: AdminApp, session: LiveSession): Promise<void> {
  const sent = await formDialog({
    title: t.message,
    lead: t.messageLead(session.display_name),
    fields: [{ id: 'text', kind: 'lines', label: t.messageLabel, required: true, maxLength: kLongestMessage }],
    submit: t.messageSend,
    send: (values) => app.api.message(session.session, values.text('text')),
  });
  if (sent) app.toasts.show('info', t.messageSent);
}

export async function disconnect(app: AdminApp, session: LiveSession): Promise<void> {
  const name = session.display_name;
  if (!(await confirm({ title: t.disconnectTitle(name), text: t.disconnectText, agree: t.disconnect, danger: false }))) return;
  await app.attempt(() => app.api.disconnect(session.session), t.disconnected(name));
  await app.refresh();
}

/** Whether it was ended. */
export async function endSession(app: AdminApp, session: LiveSession): Promise<boolean> {
  const agreed = await confirm({ title: t.endTitle(session.display_name, session.name), text: t.endText, agree: t.end, danger: true });
  if (!agreed) return false;
  const ended = await app.attempt(() => app.api.endAnySession(session.session), t.ended(session.name));
  await app.refresh();
  return ended;
}
