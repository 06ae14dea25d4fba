// Passkeys as the browser has them: what the broker asks becomes a call of navigator.credentials, and its answer JSON.
import { fromBase64url, toBase64url } from './base64url.js';
import { text } from './text.js';

/** What the broker asks for a sign-in or a second step. */
export interface PasskeyQuestion {
  readonly rp_id: string;
  /** The user's passkeys; none: whichever the person chooses. */
  readonly ids: readonly string[];
  /** Whether a PIN, a finger or a face is needed. */
  readonly verify: boolean;
}

/** What the broker asks to make a new one. */
export interface NewPasskeyQuestion {
  readonly challenge: string;
  readonly rp_id: string;
  readonly user_handle: string;
  readonly user_name: string;
  readonly display_name: string;
  readonly algorithms: readonly number[];
  readonly ids: readonly string[];
}

export type Credential = Readonly<Record<string, string>>;

/** The person said no, or waited too long; or the browser cannot. The message is for them. */
export class PasskeyError extends Error {
  override readonly name = 'PasskeyError';
}

/** Time to find the key ring; the challenge lives as long. */
const kTimeoutMs = 290_000;

/** Whether this page, as it was opened, can use passkeys of `origin` at all. */
export function canUsePasskeys(origin: string | undefined): boolean {
  return origin === location.origin && typeof PublicKeyCredential === 'function';
}

export async function usePasskey(challenge: string, question: PasskeyQuestion): Promise<Credential> {
  const credential = await ask(() => navigator.credentials.get({
    publicKey: {
      challenge: fromBase64url(challenge),
      rpId: question.rp_id,
      allowCredentials: question.ids.map(described),
      userVerification: question.verify ? 'required' : 'discouraged',
      timeout: kTimeoutMs,
    },
  }));
  const response = credential.response as AuthenticatorAssertionResponse;
  return {
    id: toBase64url(credential.rawId),
    client_data: toBase64url(response.clientDataJSON),
    authenticator_data: toBase64url(response.authenticatorData),
    signature: toBase64url(response.signature),
    user_handle: response.userHandle === null ? '' : toBase64url(response.userHandle),
  };
}

export async function createPasskey(question: NewPasskeyQuestion): Promise<Credential> {
  const credential = await ask(() => navigator.credentials.create({
    publicKey: {
      challenge: fromBase64url(question.challenge),
      rp: { id: question.rp_id, name: text.product },
      user: { id: new TextEncoder().encode(question.user_handle), name: question.user_name, displayName: question.display_name },
      pubKeyCredParams: question.algorithms.map((alg) => ({ type: 'public-key', alg })),
      excludeCredentials: question.ids.map(described),
      authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
      attestation: 'none',
      timeout: kTimeoutMs,
    },
  }));
  const response = credential.response as AuthenticatorAttestationResponse;
  return {
    id: toBase64url(credential.rawId),
    client_data: toBase64url(response.clientDataJSON),
    attestation_object: toBase64url(response.attestationObject),
  };
}

async function ask(call: () => Promise<unknown>): Promise<PublicKeyCredential> {
  try {
    const credential = await call();
    if (credential instanceof PublicKeyCredential) return credential;
    throw new PasskeyError(text.passkey.nothing);
  } catch (error) {
    if (error instanceof DOMException) throw new PasskeyError(sentence(error.name));
    throw error;
  }
}

function sentence(name: string): string {
  switch (name) {
    case 'NotAllowedError':
    case 'AbortError':
      return text.passkey.stopped;
    case 'InvalidStateError':
      return text.passkey.already;
    case 'SecurityError':
      return text.passkey.elsewhere;
    default:
      return text.passkey.failed;
  }
}

const described = (id: string): PublicKeyCredentialDescriptor => ({ type: 'public-key', id: fromBase64url(id) });
