/**
 * Which failures of the network prove that nothing was sent.
 */
interface NetworkError {
  readonly code?: unknown;
  readonly syscall?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
}

/** Node checks a certificate before it lets the first byte of a request through. */
const CERTIFICATE =
  /^(CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|ERR_TLS_CERT_ALTNAME_INVALID)/;

/**
 * Whether the error says that no connection came about, so that not a byte of the mail has left.
 * Everything that may also happen to a standing connection (a reset, a time-out) is no proof.
 */
export function neverConnected(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { code, syscall, cause, errors } = error as NetworkError;
  // A name with several addresses fails with one error an address.
  if (Array.isArray(errors) && errors.length > 0) return errors.every(neverConnected);
  if (syscall === 'connect' || syscall === 'getaddrinfo') return true;
  if (typeof code === 'string' && CERTIFICATE.test(code)) return true;
  return neverConnected(cause);
}

/** The most telling message along an error's causes. */
export function networkMessage(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const { cause, errors } = error as NetworkError;
  const inner = Array.isArray(errors) ? errors[0] : cause;
  if (inner !== undefined && inner !== null) return networkMessage(inner);
  const { message, code } = error as { message?: unknown; code?: unknown };
  return String(message || code || error);
}

/** Rejects when the signal says that time is up. */
export function expiry(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
