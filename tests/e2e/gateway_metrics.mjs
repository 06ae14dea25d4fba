// What a gateway counts, read as its operator reads it.
import https from 'node:https';

function metrics(site) {
  return new Promise((resolve, reject) => {
    https.get(`${site.url}/metrics`, { rejectUnauthorized: false }, (answer) => {
      let text = '';
      answer.on('data', (piece) => { text += piece; }).on('end', () => resolve(text));
    }).on('error', reject);
  });
}

// Bytes of all sessions that were relayed to pages since the gateway's start.
export async function bytesToViewers(site) {
  return Number(/relayed_bytes_total\{to="viewer"\} (\d+)/.exec(await metrics(site))[1]);
}
