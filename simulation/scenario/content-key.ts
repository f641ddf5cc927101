/** A content key as it stands in SSM: a JSON Web Key. */
export interface ContentKey {
  /** The ID of the rotation. */
  readonly kid?: string;
  /** The key itself, base64url. */
  readonly k?: string;
}

/** The content key in a parameter's value, if it is one. */
export function readContentKey(value: string | undefined): ContentKey | undefined {
  if (value === undefined) return undefined;
  try {
    const json: unknown = JSON.parse(value);
    return typeof json === 'object' && json !== null ? json : undefined;
  } catch {
    return undefined;
  }
}
